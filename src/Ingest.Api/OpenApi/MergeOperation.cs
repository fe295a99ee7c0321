using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Ingest.Domain.Merging;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>What operations on devices with several ids take and answer beside their bodies.</summary>
internal static class MergeOperation
{
    private const string Tag = "^\"[0-9a-f]{32}\"$";

    public static OpenApiParameter Device() => InPath("device_id", "The device; where two are to be one, its former id.");

    public static OpenApiParameter OtherDevice() => InPath("other_device_id", "The other device.");

    public static OpenApiParameter Into() => new()
    {
        Name = "into", In = ParameterLocation.Query, Required = true, Description = "The id that the device has now.", Schema = DeviceIdSchema(),
        Example = "0f8a4d52-7c1e-4b7a-9d7e-3a1c5b2e9f10",
    };

    public static OpenApiParameter As() => new()
    {
        Name = "as",
        In = ParameterLocation.Query,
        Required = true,
        Description = "What becomes of the former id. `continue`: both are one device, and a day that both hold counts once, from the newer snapshot. `supersede`: nothing under it counts.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. MergeKinds.Names.Select(name => (JsonNode)JsonValue.Create(name))] },
    };

    public static OpenApiParameter IfMatch() => new()
    {
        Name = HeaderNames.IfMatch,
        In = ParameterLocation.Header,
        Required = true,
        Description = "The `ETag` of the preview. Refused where the merge would do something else by now.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    public static Task DescribePreviewAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Responses!["200"].Headers![HeaderNames.ETag] = new OpenApiHeader
        {
            Description = "Names all that the preview says of these ids; send it as `If-Match` with the merge. The sums of the workspace are not in it: other devices change them all the time.",
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = Tag },
        };
        return Task.CompletedTask;
    }

    private static OpenApiParameter InPath(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Path, Required = true, Description = description, Schema = DeviceIdSchema() };

    private static OpenApiSchema DeviceIdSchema() =>
        new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = DeviceId.MaximumLength, Pattern = EnvelopeSchemas.DeviceIdPattern };
}

using System.Text.Json.Nodes;
using Ingest.Api.Quarantine;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>The request of the operations on quarantined rows, which they read by themselves.</summary>
internal static class SelectionOperation
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "Which rows. `device_id`, and exactly one of `ids`, `code` and `all`.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new OpenApiMediaType
                {
                    Schema = Schema(),
                    Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal)
                    {
                        ["code"] = new OpenApiExample
                        {
                            Summary = "All rows of a device that broke one rule",
                            Value = new JsonObject { ["device_id"] = "6513270e-269e-4d37-b2a7-4de452e6b438", ["code"] = IssueCodes.Negative },
                        },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }

    private static OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Required = new HashSet<string>(StringComparer.Ordinal) { "device_id" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["device_id"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = DeviceId.MaximumLength,
                Pattern = EnvelopeSchemas.DeviceIdPattern,
                Description = "The device, as its envelopes name it.",
            },
            ["ids"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                MinItems = 1,
                MaxItems = SelectionOrder.MostIds,
                Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                Description = "These rows, as `GET /v1/ingest/quarantine` names them. One that is no longer there is passed over.",
            },
            ["code"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. IssueCodes.All.Select(issue => (JsonNode)JsonValue.Create(issue.Code))],
                Description = "The rows that broke this rule.",
            },
            ["all"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Enum = [JsonValue.Create(true)], Description = "All rows of the device." },
        },
    };
}

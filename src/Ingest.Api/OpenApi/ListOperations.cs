using System.Text.Json.Nodes;
using Ingest.Api.Attempts;
using Ingest.Api.Errors;
using Ingest.Api.Paging;
using Ingest.Api.Quarantine;
using Ingest.Domain.Validation;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>The parameters of the listings, which their endpoints read by themselves to refuse them in their own words.</summary>
internal static class ListOperations
{
    public static Task DescribeAttemptsAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Parameters =
        [
            DeviceId(),
            OneOf("outcome", "How they ended; `changed`: accepted, and something was written.", AttemptEndpoints.Outcomes),
            OneOf("code", "The error code.", ProblemCode.All.Select(code => code.Code)),
            Instant("from", "None whose last repetition arrived before this."),
            Instant("to", "None that arrived at this instant or later."),
            Cursor(),
            Limit(),
        ];
        return Task.CompletedTask;
    }

    public static Task DescribeQuarantineAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Parameters =
        [
            DeviceId(),
            OneOf("code", "Which rule they broke.", IssueCodes.All.Select(issue => issue.Code)),
            OneOf("kind", "Which array of the payload they stood in.", QuarantineEndpoints.Kinds),
            Cursor(),
            Limit(),
        ];
        return Task.CompletedTask;
    }

    private static OpenApiParameter DeviceId() => Query("device_id", "One device, as its envelopes name it. Absent: all that the caller may see.", new OpenApiSchema
    {
        Type = JsonSchemaType.String,
        MinLength = 1,
        MaxLength = Domain.Identity.DeviceId.MaximumLength,
        Pattern = EnvelopeSchemas.DeviceIdPattern,
    });

    private static OpenApiParameter OneOf(string name, string description, IEnumerable<string> values) => Query(name, description, new OpenApiSchema
    {
        Type = JsonSchemaType.String,
        Enum = [.. values.Select(value => (JsonNode)JsonValue.Create(value))],
    });

    private static OpenApiParameter Instant(string name, string description) => Query(name, $"An RFC 3339 instant. {description}", new OpenApiSchema
    {
        Type = JsonSchemaType.String,
        Format = "date-time",
    });

    private static OpenApiParameter Cursor() => Query(
        "cursor",
        "The `next_cursor` of the page before, with the other parameters as they were. It is opaque, and good for nothing else.",
        new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Paging.Cursor.MaximumLength });

    private static OpenApiParameter Limit() => Query("limit", "The most of one page.", new OpenApiSchema
    {
        Type = JsonSchemaType.Integer,
        Minimum = "1",
        Maximum = $"{ListQuery.LargestLimit}",
        Default = ListQuery.DefaultLimit,
    });

    private static OpenApiParameter Query(string name, string description, OpenApiSchema schema) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = schema,
    };
}

using Ingest.Api.Envelopes;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>The request of <c>POST /v1/ingest</c>, which the endpoint reads by itself, so that the generator does not see it.</summary>
internal static class EnvelopeOperation
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "One envelope, UTF-8. `application/json`, or any type that ends in `+json`.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchemaReference(EnvelopeSchemas.Envelope, context.Document),
                    Examples = Examples.Envelopes.ToDictionary(
                        example => example.Name,
                        example => (IOpenApiExample)new OpenApiExample { Summary = example.Summary, Value = Examples.Read(example.File) },
                        StringComparer.Ordinal),
                },
            },
        };
        operation.Parameters =
        [
            new OpenApiParameter
            {
                Name = "Content-Encoding",
                In = ParameterLocation.Header,
                Description = "How the body is compressed; absent: it is not. One encoding only.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["gzip", "br", "identity"] },
            },
            new OpenApiParameter
            {
                Name = EnvelopeIntake.CompleteByHeader,
                In = ParameterLocation.Header,
                Description = "What follows from a row that is not sent. `day`: every envelope holds all rows of each day it names, so a row that a newer one "
                    + "no longer names is gone from the device and counts no longer. `row`: nothing follows. Absent: `day` from a client whose `User-Agent` "
                    + "begins with `ureq/`, as stock daemons do, and `row` from any other. What is set for the key goes before all of these.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [CompletenessRule.DeclaredDay, CompletenessRule.DeclaredRow] },
            },
            new OpenApiParameter
            {
                Name = "Prefer",
                In = ParameterLocation.Header,
                Description = "`handling=strict` (RFC 7240): store nothing when one row breaks a rule. Other preferences are ignored.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["handling=strict"] },
            },
        ];
        return Task.CompletedTask;
    }
}

using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>The request of <c>POST /v1/ingest/rewind</c>, which the endpoint reads by itself, so that the generator does not see it.</summary>
internal static class RewindOperation
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "Which devices, and from which day on. Other members are refused.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                        {
                            ["device_id"] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                MaxLength = DeviceId.MaximumLength,
                                Pattern = EnvelopeSchemas.DeviceIdPattern,
                                Description = "The one device. Either this, or `all`.",
                            },
                            ["all"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Every device of the workspace." },
                            ["from"] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                Format = "date",
                                Description = "The first day to send again, in UTC, not after today. Left out: the beginning.",
                            },
                            ["verify"] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.Boolean,
                                Description = "Compare days that come again row by row, whatever their digests say.",
                            },
                        },
                        AdditionalPropertiesAllowed = false,
                    },
                    Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal)
                    {
                        ["one"] = new OpenApiExample { Summary = "One device, everything", Value = JsonNode.Parse("""{"device_id":"6513270e-269e-4d37-b2a7-4de452e6b438"}""") },
                        ["all"] = new OpenApiExample { Summary = "All devices, from a day on", Value = JsonNode.Parse("""{"all":true,"from":"2026-05-01","verify":true}""") },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }
}

using Ingest.Domain.Identity;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>The parameter of <c>GET /v1/ingest/status</c>, which the endpoint takes as optional only to refuse its absence in its own words.</summary>
internal static class StatusOperation
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Parameters =
        [
            new OpenApiParameter
            {
                Name = "device_id",
                In = ParameterLocation.Query,
                Required = true,
                Description = "The device, as its envelopes name it.",
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = 1,
                    MaxLength = DeviceId.MaximumLength,
                    Pattern = EnvelopeSchemas.DeviceIdPattern,
                },
                Example = "6513270e-269e-4d37-b2a7-4de452e6b438",
            },
        ];
        return Task.CompletedTask;
    }
}

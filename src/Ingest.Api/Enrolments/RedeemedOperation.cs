using System.Text.Json.Nodes;
using Ingest.Api.OpenApi;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.Enrolments;

/// <summary>The answer of <c>POST /v1/enroll</c> as a file, which the generator does not see beside the one in JSON.</summary>
internal static class RedeemedOperation
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var file = Examples.Read("answer-redeemed")["cloud_toml"]!.GetValue<string>();
        foreach (var type in new[] { RedeemedResult.Toml, RedeemedResult.Plain })
        {
            operation.Responses!["201"].Content![type] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The `cloud.toml` alone, where `Accept` names this type and not JSON." },
                Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal) { ["file"] = new OpenApiExample { Summary = "The file", Value = JsonValue.Create(file) } },
            };
        }

        return Task.CompletedTask;
    }
}

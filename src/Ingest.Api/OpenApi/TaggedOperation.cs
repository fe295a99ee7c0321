using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>An answer with an entity tag, and without a body where the client has it already.</summary>
internal static class TaggedOperation
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        foreach (var status in new[] { "200", "304" })
        {
            operation.Responses![status].Headers![HeaderNames.ETag] = new OpenApiHeader
            {
                Description = "Names this very content; send it as `If-None-Match` next time.",
                Required = true,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^\"[0-9a-f]{32}\"$" },
            };
        }

        return Task.CompletedTask;
    }
}

using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>A preview with the entity tag that the decision has to name.</summary>
internal static class PreviewOperation
{
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        operation.Responses!["200"].Headers![HeaderNames.ETag] = new OpenApiHeader
        {
            Description = "Names all that the preview says of these ids; send it as `If-Match` with the decision. The sums of the workspace are not in it: other devices change them all the time.",
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^\"[0-9a-f]{32}\"$" },
        };
        return Task.CompletedTask;
    }
}

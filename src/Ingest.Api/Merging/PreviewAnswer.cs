using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ingest.Api.Merging;

/// <summary>A preview with the entity tag by which the decision names what it was made on.</summary>
internal sealed class PreviewAnswer(MergeAnswer preview, string version) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = PreviewTag.Of(version).ToString();
        return JsonAnswer<MergeAnswer>.WriteAsync(httpContext, JsonAnswer<MergeAnswer>.BytesOf(preview));
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => JsonAnswer<MergeAnswer>.PopulateMetadata(method, builder);
}

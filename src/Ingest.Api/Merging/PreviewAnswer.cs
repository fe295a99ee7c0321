using System.Reflection;
using Ingest.Domain.Merging;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Merging;

/// <summary>A preview with the entity tag by which the decision names what it was made on.</summary>
internal sealed class PreviewAnswer(MergePreview preview) : IResult, IEndpointMetadataProvider
{
    public static EntityTagHeaderValue TagOf(MergePreview preview) => new($"\"{preview.Version}\"");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = TagOf(preview).ToString();
        return JsonAnswer<MergeAnswer>.WriteAsync(httpContext, JsonAnswer<MergeAnswer>.BytesOf(MergeAnswer.Of(preview)));
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => JsonAnswer<MergeAnswer>.PopulateMetadata(method, builder);
}

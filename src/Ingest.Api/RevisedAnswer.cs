using System.Reflection;
using Ingest.Api.Queries;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ingest.Api;

/// <summary>A 200 with something that people change, and the entity tag by which the next change names what it was made on.</summary>
internal sealed class RevisedAnswer<T>(T value, int revision) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = Revision.TagOf(revision).ToString();
        return JsonAnswer<T>.WriteAsync(httpContext, JsonAnswer<T>.BytesOf(value));
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => JsonAnswer<T>.PopulateMetadata(method, builder);
}

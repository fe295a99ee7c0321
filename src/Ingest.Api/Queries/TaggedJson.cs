using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Queries;

/// <summary>A body with its entity tag; 304 without one where the client has it already.</summary>
internal sealed class TaggedJson<T>(T value) : IResult, IEndpointMetadataProvider
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = JsonAnswer<T>.BytesOf(value);
        var tag = EntityTags.Of(body);
        var response = httpContext.Response;
        response.Headers.ETag = tag.ToString();
        // To be asked for again each time; whoever holds another key must not be shown it.
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = HeaderNames.Authorization;
        if (EntityTags.Matches(httpContext.Request.Headers.IfNoneMatch, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await JsonAnswer<T>.WriteAsync(httpContext, body);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        JsonAnswer<T>.PopulateMetadata(method, builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified, typeof(void)));
    }
}

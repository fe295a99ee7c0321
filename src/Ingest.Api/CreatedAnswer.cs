using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ingest.Api;

/// <summary>A 201: it was made, and stands at the address of <c>Location</c>.</summary>
internal sealed class CreatedAnswer<T>(T value, string location) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.Headers.Location = location;
        return JsonAnswer<T>.WriteAsync(httpContext, JsonAnswer<T>.BytesOf(value));
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(T), ["application/json"]));
}

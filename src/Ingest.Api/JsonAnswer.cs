using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ingest.Api;

/// <summary>
/// A 200 with a JSON body, written whole and with its length. The framework's own result makes a scope of services and a logger for each
/// request, and a chunked body.
/// </summary>
internal sealed class JsonAnswer<T>(T value) : IResult, IEndpointMetadataProvider
{
    /// <summary>The body as it goes out.</summary>
    public static byte[] BytesOf(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Shape.Of);

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, BytesOf(value));

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public static async Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static class Shape
    {
        public static readonly JsonTypeInfo<T> Of = (JsonTypeInfo<T>)ApiJson.Answers.GetTypeInfo(typeof(T));
    }
}

using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Enrolments;

/// <summary>A 201 with all that a device needs: as JSON, or as its <c>cloud.toml</c> alone where the client asks for that.</summary>
internal sealed class RedeemedResult(RedeemedAnswer answer) : IResult, IEndpointMetadataProvider
{
    public const string Toml = "application/toml";
    public const string Plain = "text/plain";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v1/keys/{answer.KeyId:D}";
        response.Headers.Vary = HeaderNames.Accept;
        if (AskedFor(httpContext.Request) is not { } type) return JsonAnswer<RedeemedAnswer>.WriteAsync(httpContext, JsonAnswer<RedeemedAnswer>.BytesOf(answer));

        var file = Encoding.UTF8.GetBytes(answer.CloudToml);
        response.ContentType = type + "; charset=utf-8";
        response.ContentLength = file.Length;
        return response.Body.WriteAsync(file, httpContext.RequestAborted).AsTask();
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(RedeemedAnswer), ["application/json"]));

    /// <returns>The type of file that is named and JSON is not; null is JSON.</returns>
    private static string? AskedFor(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. request.Headers.Accept.OfType<string>()], out var accepted)) return null;
        var types = accepted.Where(type => type.Quality is not 0).Select(type => type.MediaType.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return types.Contains("application/json") ? null : types.Contains(Toml) ? Toml : types.Contains(Plain) ? Plain : null;
    }
}

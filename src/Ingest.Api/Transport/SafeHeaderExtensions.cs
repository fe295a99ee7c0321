using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Transport;

internal static class SafeHeaderExtensions
{
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues OneYear = "max-age=31536000";

    /// <summary>What every answer says to browsers: take the type as it is named, and, once met over TLS, never come without it again.</summary>
    public static IApplicationBuilder UseSafeHeaders(this IApplicationBuilder app) => app.Use(static next => context =>
    {
        var headers = context.Response.Headers;
        headers[HeaderNames.XContentTypeOptions] = NoSniff;
        if (context.Request.IsHttps) headers.StrictTransportSecurity = OneYear;
        return next(context);
    });
}

namespace Ingest.Api.OpenApi;

/// <summary>The document as a page people can read and try.</summary>
internal static class ApiPage
{
    public const string Path = "/swagger";

    /// <summary>
    /// Everything the page needs comes from this server. Styles are the exception to its strictness: the page writes them into its
    /// elements. Its own pictures are data.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Aside from the way of all other requests: the page's middleware would try two regular expressions on each of them.</summary>
    public static IApplicationBuilder UseApiPage(this IApplicationBuilder app) =>
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase), branch =>
        {
            branch.Use(next => context =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = ContentSecurityPolicy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                return next(context);
            });
            branch.UseSwaggerUI(page =>
            {
                page.RoutePrefix = Path[1..];
                // Relative to the page, so that it is found behind a proxy which serves all this under a prefix, too.
                page.SwaggerEndpoint(".." + OpenApiExtensions.DocumentPath, "Ingest v1");
                page.DocumentTitle = "Ingest API";
                page.EnableDeepLinking();
                page.DefaultModelExpandDepth(2);
            });
        });
}

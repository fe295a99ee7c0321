namespace Ingest.Api.Pages;

/// <summary>What a page lets browsers do: load what is of this server, and nothing else.</summary>
internal static class PageHeaders
{
    public const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Set(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.CacheControl = "no-store";

        // With no referrer at all, browsers would not say of a form either where it comes from.
        headers["Referrer-Policy"] = "same-origin";
    }
}

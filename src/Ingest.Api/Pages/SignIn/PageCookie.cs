using Ingest.Domain.Identity;

namespace Ingest.Api.Pages.SignIn;

/// <summary>A cookie with a token of the pages.</summary>
/// <param name="name">What it is called over loopback.</param>
/// <remarks>
/// Over TLS it is <c>__Host-</c>: no other host of the domain, and nothing that came in clear, can have set it. Lax and not Strict, as otherwise who
/// follows a link to a page from a message or a wiki would be asked to sign in again. What changes something is sent by POST, with which Lax cookies
/// do not go from foreign pages, and wants its proof besides.
/// </remarks>
internal sealed class PageCookie(string name)
{
    public static readonly PageCookie Session = new("ingest");

    /// <summary>Of somebody who is not signed in: it has nothing to show but that a form is theirs.</summary>
    public static readonly PageCookie Visit = new("ingest-visit");

    public PageToken? Read(HttpContext context) => PageToken.TryParse(context.Request.Cookies[NameIn(context)], out var token) ? token : null;

    /// <param name="context">Where it is set.</param>
    /// <param name="token">What it holds.</param>
    /// <param name="lifetime">Left out, it goes with the browser.</param>
    public void Write(HttpContext context, PageToken token, TimeSpan? lifetime = null) =>
        context.Response.Cookies.Append(NameIn(context), token.Text, Options(context, lifetime));

    public void Delete(HttpContext context) => context.Response.Cookies.Delete(NameIn(context), Options(context));

    private string NameIn(HttpContext context) => context.Request.IsHttps ? "__Host-" + name : name;

    private static CookieOptions Options(HttpContext context, TimeSpan? lifetime = null) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/", MaxAge = lifetime, IsEssential = true,
    };
}

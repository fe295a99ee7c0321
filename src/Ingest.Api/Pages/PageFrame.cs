using Ingest.Api.Pages.Assets;
using Ingest.Domain.Identity;

namespace Ingest.Api.Pages;

/// <summary>What stands around every page, and what its forms need.</summary>
/// <param name="Path">Where the page is.</param>
/// <param name="Session">Who is signed in; null is nobody.</param>
/// <param name="FormProof">What a form carries to show where it comes from; null where there is nobody to show it to.</param>
/// <param name="Now">The time of the server.</param>
public sealed record PageFrame(string Path, PageSession? Session, string? FormProof, DateTimeOffset Now)
{
    internal static PageFrame Of(HttpContext context) => new(
        context.Request.Path.Value ?? "/", context.Features.Get<PageSession>(), context.Features.Get<PageToken>()?.FormProof(),
        context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());

    /// <summary>Where a style, a script or a picture is.</summary>
    public static string Asset(string name) => PageAssets.AddressOf(name);
}

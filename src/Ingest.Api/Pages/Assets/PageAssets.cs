using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Api.Pages.Assets;

/// <summary>Styles, script and pictures of the pages, out of the program itself. Each has its hash in its address, so that browsers keep it for good.</summary>
internal static class PageAssets
{
    private const string Folder = "assets/";

    /// <summary>Enough that two versions do not share an address.</summary>
    private const int HashCharacters = 12;

    private static readonly FrozenDictionary<string, PageAsset> ByName = Read().ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    public static string AddressOf(string name) => ByName[name].Address;

    public static IEndpointRouteBuilder MapPageAssets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{hash}/{name}", SendAsync).ExcludeFromDescription();
        return routes;
    }

    private static Task SendAsync(HttpContext context, string hash, string name)
    {
        var response = context.Response;
        if (!ByName.TryGetValue(name, out var asset))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        // A page of another version may ask here while instances are replaced: it gets what there is, and does not keep it.
        response.Headers.CacheControl = hash == asset.Hash ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = asset.EntityTag;
        if (context.Request.Headers.IfNoneMatch.Contains(asset.EntityTag, StringComparer.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = asset.ContentType;
        response.ContentLength = asset.Body.Length;
        return response.Body.WriteAsync(asset.Body, context.RequestAborted).AsTask();
    }

    /// <summary>The styles of all features are one file, its base first.</summary>
    private static IEnumerable<PageAsset> Read()
    {
        var names = Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        var styles = names.Where(name => name.EndsWith(".css", StringComparison.Ordinal)).OrderBy(name => name != Folder + "base.css").ToArray();
        yield return Asset("ingest.css", Encoding.UTF8.GetBytes(string.Join('\n', styles.Select(name => Encoding.UTF8.GetString(BytesOf(name))))));
        foreach (var name in names.Except(styles, StringComparer.Ordinal)) yield return Asset(name[Folder.Length..], BytesOf(name));
    }

    private static PageAsset Asset(string name, byte[] body)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(body))[..HashCharacters];
        return new PageAsset(name, hash, body);
    }

    private static byte[] BytesOf(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Merging;

/// <summary>The entity tag of a preview. A merge has to name it: nobody merges what they have not seen.</summary>
internal static class PreviewTag
{
    public static EntityTagHeaderValue Of(string version) => new($"\"{version}\"");

    /// <summary>The version that <c>If-Match</c> asks for: null where it asks for none or for any, empty where it can be none of ours.</summary>
    public static string? Expected(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0) return null;
        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags)) return "";
        if (tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any))) return null;
        return tags.FirstOrDefault(tag => !tag.IsWeak)?.Tag.ToString().Trim('"') ?? "";
    }
}

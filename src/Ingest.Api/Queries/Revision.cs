using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Queries;

/// <summary>The entity tag of something that people change: how often it was changed. An update that names another one is refused (RFC 9110 §13.1.1).</summary>
internal static class Revision
{
    /// <summary>What no revision is, so that a tag which is not of ours matches none.</summary>
    private const int None = -1;

    public static EntityTagHeaderValue TagOf(int revision) => new(string.Create(CultureInfo.InvariantCulture, $"\"{revision}\""));

    /// <summary>Which revision <c>If-Match</c> asks for; null where it asks for none or for any.</summary>
    public static int? Expected(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0) return null;
        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags)) return None;
        if (tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any))) return null;

        // Compared strongly, as a change asks for; several are possible, and only one of ours can be meant.
        var named = tags.FirstOrDefault(tag => !tag.IsWeak);
        return named is not null && int.TryParse(named.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : None;
    }
}

using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Queries;

/// <summary>Recognises an answer that the client has already.</summary>
internal static class EntityTags
{
    private const int TagBytes = 16;

    /// <summary>Strong: equal only where every byte is.</summary>
    public static EntityTagHeaderValue Of(ReadOnlySpan<byte> body) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(body)[..TagBytes])}\"");

    /// <summary>
    /// Whether <c>If-None-Match</c> names the tag, compared weakly as RFC 9110 §13.1.2 asks: a proxy that packs the body marks the tag as weak.
    /// The framework's own file results compare strongly. A header that cannot be read is as good as none.
    /// </summary>
    public static bool Matches(StringValues ifNoneMatch, EntityTagHeaderValue tag) =>
        EntityTagHeaderValue.TryParseList([.. ifNoneMatch.OfType<string>()], out var known)
        && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false));
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ingest.Domain;

namespace Ingest.Api.Queries;

/// <summary>
/// Where the next page begins, as opaque text. It names what it pages, so that with another endpoint, device or range it is refused
/// instead of leading to a wrong place. No secret is in it: it only says where to go on in what the caller may read anyway.
/// </summary>
internal static class Cursor
{
    private const int CheckBytes = 8;

    /// <summary>Cannot be part of a stored text, so it parts them without doubt.</summary>
    private const char Separator = '\0';

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="scope">What is paged: the endpoint, the workspace and the parameters that choose.</param>
    /// <param name="position">The key of the last entry sent.</param>
    public static string Write(IEnumerable<string> scope, params IEnumerable<string> position)
    {
        var place = Strict.GetBytes(string.Join(Separator, position));
        return Base64Url.EncodeToString([.. Check(scope, place), .. place]);
    }

    /// <param name="scope">What is paged: the endpoint, the workspace and the parameters that choose.</param>
    /// <param name="place">Of the last entry sent.</param>
    public static string Write(IEnumerable<string> scope, TimedPlace place) => Write(scope, CursorParts.Of(place));

    /// <returns>The position, or null where the text is not a cursor of this scope.</returns>
    public static string[]? Read(string text, IEnumerable<string> scope)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(text);
            if (bytes.Length < CheckBytes) return null;
            var place = bytes.AsSpan(CheckBytes);
            return bytes.AsSpan(0, CheckBytes).SequenceEqual(Check(scope, place)) ? Strict.GetString(place).Split(Separator) : null;
        }
        catch (Exception failure) when (failure is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[] Check(IEnumerable<string> scope, ReadOnlySpan<byte> place)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in scope) hash.AppendData(Encoding.UTF8.GetBytes(part + Separator));
        hash.AppendData([(byte)'\n']);
        hash.AppendData(place);
        return hash.GetHashAndReset()[..CheckBytes];
    }
}

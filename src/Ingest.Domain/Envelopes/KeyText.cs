using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// Text that rows are told apart by. Cutting it would merge rows that differ (C§5 I), so an over-long one keeps a prefix and
/// gets a hash of the whole: distinct stays distinct, and no primary key outgrows an index row.
/// </summary>
public static class KeyText
{
    private const int HashBytes = 16;
    private const int HashCharacters = 22;

    /// <summary>Separates prefix and hash.</summary>
    public const char Mark = '~';

    /// <summary>Returns <paramref name="text"/>, or its prefix + <c>~</c> + 22 base64url characters of SHA-256, within <paramref name="maximumBytes"/> of UTF-8.</summary>
    public static string Fit(string text, int maximumBytes) => text.Length * 3 <= maximumBytes ? text : FitLong(text, maximumBytes);

    /// <summary>The longest start of <paramref name="text"/> that fits, never splitting a code point.</summary>
    public static ReadOnlySpan<char> Prefix(string text, int maximumBytes)
    {
        var bytes = 0;
        var characters = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maximumBytes) break;
            characters += rune.Utf16SequenceLength;
        }

        return text.AsSpan(0, characters);
    }

    /// <summary>Compares as Postgres does under <c>COLLATE "C"</c>: by UTF-8 bytes, which for surrogate pairs is not the order of UTF-16.</summary>
    public static int Compare(string left, string right)
    {
        if (ReferenceEquals(left, right)) return 0;
        var shared = left.AsSpan().CommonPrefixLength(right);
        if (shared == left.Length || shared == right.Length) return left.Length.CompareTo(right.Length);
        var a = left[shared];
        var b = right[shared];
        if (char.IsSurrogate(a) != char.IsSurrogate(b)) return char.IsSurrogate(a) ? (b >= 0xE000 ? 1 : a.CompareTo(b)) : (a >= 0xE000 ? -1 : a.CompareTo(b));
        return a.CompareTo(b);
    }

    /// <summary>22 base64url characters of SHA-256, by which texts stay distinct where they are not kept whole.</summary>
    internal static string HashOf(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Encoding.UTF8.GetBytes(text, bytes);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes.AsSpan(0, length), hash);
            return Base64Url.EncodeToString(hash[..HashBytes]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static string FitLong(string text, int maximumBytes) => Encoding.UTF8.GetByteCount(text) <= maximumBytes
        ? text
        : string.Concat(Prefix(text, maximumBytes - HashCharacters - 1), [Mark], HashOf(text));
}

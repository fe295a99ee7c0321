using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using Ingest.Domain.Privacy;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// One string for a text that rows repeat: a role, a provider, a model, a repository stands in thousands of them a second. A text has one
/// place, decided by its bytes. Where another one stands it takes that place only when it is asked for twice while the other is not, so a
/// flood of texts that are never seen again displaces nothing; memory is bounded; and the worst that one sender can do to another is that
/// a string is made anew, as it would be without this. There are no locks: what a reader finds in a place is compared byte by byte.
/// </summary>
/// <remarks>Texts are looked at as two vectors, whatever their length: a processor would guess it wrong time and again.</remarks>
internal sealed class SharedTexts
{
    /// <summary>Longer ones, in UTF-8, are not shared.</summary>
    public const int LongestText = 64;

    private const int Half = LongestText / 2;

    private readonly Entry?[] _entries;

    /// <param name="power">There are two to this power places.</param>
    public SharedTexts(int power) => _entries = new Entry?[1 << power];

    /// <summary>Those of this process: at most about a megabyte.</summary>
    public static SharedTexts OfProcess { get; } = new(power: 12);

    /// <param name="body">Begins with the text, in valid UTF-8, and may go on behind it.</param>
    /// <param name="length">How many bytes the text has.</param>
    /// <param name="looks">What it looks like, which is looked at once for all rows that repeat it.</param>
    public string Get(ReadOnlySpan<byte> body, int length, out PrivateKind looks)
    {
        if (length > LongestText || body.Length < LongestText)
        {
            var alone = Encoding.UTF8.GetString(body[..length]);
            looks = PrivateText.KindOf(alone);
            return alone;
        }

        var start = Vector256.Create(body[..Half]) & First(length);
        var end = length <= Half ? Vector256<byte>.Zero : Vector256.Create(body[Half..LongestText]) & First(length - Half);
        var hash = Hash(start, Hash(end, (uint)length));
        ref var entry = ref _entries[hash & (uint)(_entries.Length - 1)];
        var held = entry;
        if (held is not null && held.Length == length && held.Start == start && held.End == end)
        {
            if (held.AskedInstead != 0) held.AskedInstead = 0;
            looks = held.Looks;
            return held.Text;
        }

        var text = Encoding.UTF8.GetString(body[..length]);
        looks = PrivateText.KindOf(text);
        if (held is null || held.AskedInstead == hash) entry = new Entry(start, end, length, text, looks);
        else held.AskedInstead = hash;
        return text;
    }

    /// <summary>Keeps so many bytes of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> First(int bytes) => Vector256.LessThan(Vector256<byte>.Indices, Vector256.Create((byte)bytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(Vector256<byte> bytes, uint seed)
    {
        var parts = bytes.AsUInt64();
        var hash = BitOperations.Crc32C(seed, parts[0]);
        hash = BitOperations.Crc32C(hash, parts[1]);
        hash = BitOperations.Crc32C(hash, parts[2]);
        return BitOperations.Crc32C(hash, parts[3]);
    }

    private sealed class Entry(Vector256<byte> start, Vector256<byte> end, int length, string text, PrivateKind looks)
    {
        public readonly Vector256<byte> Start = start;
        public readonly Vector256<byte> End = end;
        public readonly int Length = length;
        public readonly string Text = text;
        public readonly PrivateKind Looks = looks;

        /// <summary>The hash of the text that was asked for here since this one was.</summary>
        public uint AskedInstead;
    }
}

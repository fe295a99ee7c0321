using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// One string for a text that rows repeat: a role, a provider, a model, a repository stands in thousands of them a second. A text has one
/// place, decided by its bytes, and takes it when it is asked for twice while that place is asked for nothing else; so a flood of texts
/// that are never seen again displaces nothing, memory is bounded, and the worst that one sender can do to another is that a string is
/// made anew, as it would be without this. There are no locks: places hold immutable pairs, and whatever a reader finds there it
/// compares byte by byte.
/// </summary>
internal sealed class SharedTexts
{
    /// <summary>Longer ones, in UTF-8, are not shared.</summary>
    public const int LongestText = 64;

    private readonly Entry?[] _entries;
    private readonly uint[] _askedLast;

    /// <param name="power">There are two to this power places.</param>
    public SharedTexts(int power)
    {
        _entries = new Entry?[1 << power];
        _askedLast = new uint[1 << power];
    }

    /// <summary>Those of this process: at most about a megabyte.</summary>
    public static SharedTexts OfProcess { get; } = new(power: 12);

    /// <param name="utf8">Valid UTF-8.</param>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestText) return Encoding.UTF8.GetString(utf8);
        var hash = Hash(utf8);
        var place = hash & (uint)(_entries.Length - 1);
        ref var entry = ref _entries[place];
        if (entry is { } held && utf8.SequenceEqual(held.Utf8)) return held.Text;

        var text = Encoding.UTF8.GetString(utf8);
        ref var asked = ref _askedLast[place];
        if (asked == hash) entry = new Entry(utf8.ToArray(), text);
        else asked = hash;
        return text;
    }

    private static uint Hash(ReadOnlySpan<byte> text)
    {
        var hash = (uint)text.Length;
        var rest = text;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..]) hash = BitOperations.Crc32C(hash, BinaryPrimitives.ReadUInt64LittleEndian(rest));
        if (rest.Length >= sizeof(uint))
        {
            hash = BitOperations.Crc32C(hash, BinaryPrimitives.ReadUInt32LittleEndian(rest));
            rest = rest[sizeof(uint)..];
        }

        foreach (var last in rest) hash = BitOperations.Crc32C(hash, last);
        return hash;
    }

    private sealed class Entry(byte[] utf8, string text)
    {
        public readonly byte[] Utf8 = utf8;
        public readonly string Text = text;
    }
}

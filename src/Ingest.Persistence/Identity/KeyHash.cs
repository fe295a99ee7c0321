using System.Runtime.InteropServices;
using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>The SHA-256 of a key as a dictionary key: four words in place of an array, so that a cached look-up allocates nothing for it.</summary>
/// <remarks>
/// Keys are looked up by their hash, here and in the index of the database, and neither takes the same time for every hash. It gives nothing
/// away that leads to a key: who measures it learns how a hash of his own choosing begins like one that is stored, and a hash does not
/// lead back to 256 random bits. No part of a key itself is ever compared with anything, and its visible prefix finds keys for operators only.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct KeyHash(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    public static KeyHash Of(ApiKeyText key)
    {
        Span<byte> bytes = stackalloc byte[ApiKeyText.HashLength];
        key.Hash(bytes);
        return MemoryMarshal.Read<KeyHash>(bytes);
    }

    public static KeyHash FromBytes(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<KeyHash>(bytes);

    public byte[] ToBytes()
    {
        var bytes = new byte[ApiKeyText.HashLength];
        MemoryMarshal.Write(bytes, this);
        return bytes;
    }
}

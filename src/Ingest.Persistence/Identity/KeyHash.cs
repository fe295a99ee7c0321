using System.Runtime.InteropServices;
using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>The SHA-256 of a key as a dictionary key: four words in place of an array, so that a cached look-up allocates nothing for it.</summary>
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

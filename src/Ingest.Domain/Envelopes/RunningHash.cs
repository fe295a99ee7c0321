using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ingest.Domain.Envelopes;

/// <summary>A SHA-256 over pieces, each together with what came before it.</summary>
public sealed class RunningHash
{
    private const int Size = SHA256.HashSizeInBytes;

    private readonly byte[] _both = new byte[2 * Size];

    /// <summary>Its first half, which tells as surely as the whole whether two are the same.</summary>
    public UInt128 Value => BinaryPrimitives.ReadUInt128LittleEndian(_both);

    public void Append(ReadOnlySpan<byte> piece)
    {
        SHA256.HashData(piece, _both.AsSpan(Size));
        SHA256.HashData(_both, _both.AsSpan(0, Size));
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>
/// The digest of a device-day: equal digests mean that the day already stands in the database as sent. The algorithm is public
/// (docs/digest.md) so that a device can compute it, and versioned so that it can change without every day looking changed.
/// </summary>
public readonly record struct DayDigest
{
    /// <summary>Stands in the ledger beside every digest and inside every digest's preimage.</summary>
    public const short Version = 1;

    public const int Bytes = SHA256.HashSizeInBytes;

    private const byte AbsentText = 0xFF;
    private const int NumbersPerRow = 7;
    private const int InitialBuffer = 8 * 1024;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    public DayDigest(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != Bytes) throw new ArgumentException($"A digest has {Bytes} bytes.", nameof(digest));
        _a = BinaryPrimitives.ReadUInt64BigEndian(digest);
        _b = BinaryPrimitives.ReadUInt64BigEndian(digest[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(digest[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(digest[24..]);
    }

    /// <param name="day">The day all rows belong to.</param>
    /// <param name="rows">Its normalised rows, in key order, each key once.</param>
    public static DayDigest Of(DateOnly day, ReadOnlySpan<DailyRollup> rows)
    {
        var preimage = new Preimage(InitialBuffer);
        try
        {
            preimage.Text("ingest-day/1");
            preimage.Text(Day.ToText(day));
            foreach (var row in rows)
            {
                preimage.Text(row.Key.Role);
                preimage.Text(row.Key.Provider);
                preimage.Text(row.Key.Model);
                preimage.Text(row.Key.RepoId);
                preimage.Text(row.Key.GitBranch);
                preimage.Text(row.Key.Surface);
                preimage.Text(row.Ticket);
                preimage.Text(row.TicketSource);
                preimage.Numbers(
                    row.MessageCount, row.InputTokens, row.OutputTokens, row.CacheCreationTokens, row.CacheReadTokens, row.CostIngested, row.CostEffective);
            }

            Span<byte> digest = stackalloc byte[Bytes];
            SHA256.HashData(preimage.Written, digest);
            return new DayDigest(digest);
        }
        finally
        {
            preimage.Return();
        }
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _a);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _b);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), _c);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), _d);
        return bytes;
    }

    public override string ToString() => Convert.ToHexStringLower(ToBytes());

    /// <summary>Stored text never holds a zero byte and UTF-8 never holds 0xFF, which makes both free to mark ends and absence.</summary>
    private ref struct Preimage(int capacity)
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

        public void Text(string? text)
        {
            Reserve(((text?.Length ?? 0) * 3) + 2);
            if (text is null) _buffer[_length++] = AbsentText;
            else _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
            _buffer[_length++] = 0;
        }

        public void Numbers(params ReadOnlySpan<long> numbers)
        {
            Reserve(NumbersPerRow * sizeof(long));
            foreach (var number in numbers)
            {
                BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_length), number);
                _length += sizeof(long);
            }
        }

        public readonly void Return() => ArrayPool<byte>.Shared.Return(_buffer);

        private void Reserve(int bytes)
        {
            if (_length + bytes <= _buffer.Length) return;
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}

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
    private const int TextsPerRow = 8;
    private const int NumbersPerRow = 7;
    private const int MostBytesPerCharacter = 3;
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
        Span<byte> digest = stackalloc byte[Bytes];
        Hash(day, rows, withNumbers: true, digest);
        return new DayDigest(digest);
    }

    /// <summary>The first half of a SHA-256 over the day and all texts of its rows.</summary>
    public static UInt128 HashTexts(DateOnly day, ReadOnlySpan<DailyRollup> rows)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        Hash(day, rows, withNumbers: false, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Some of it: where this differs, so does the whole.</summary>
    public long Part => unchecked((long)_a);

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

    private static void Hash(DateOnly day, ReadOnlySpan<DailyRollup> rows, bool withNumbers, Span<byte> hash)
    {
        var preimage = new Preimage(InitialBuffer);
        try
        {
            preimage.Begin(day);
            foreach (var row in rows)
            {
                preimage.AddTexts(row);
                if (withNumbers) preimage.AddNumbers(row);
            }

            SHA256.HashData(preimage.Written, hash);
        }
        finally
        {
            preimage.Return();
        }
    }

    /// <summary>Stored text never holds a zero byte and UTF-8 never holds 0xFF, which makes both free to mark ends and absence.</summary>
    private ref struct Preimage(int capacity)
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

        public void Begin(DateOnly day)
        {
            var start = "ingest-day/1\0"u8;
            start.CopyTo(_buffer);
            day.TryFormat(_buffer.AsSpan(start.Length), out var written, Day.Format, System.Globalization.CultureInfo.InvariantCulture);
            _length = start.Length + written;
            _buffer[_length++] = 0;
        }

        public void AddNumbers(DailyRollup row)
        {
            var numbers = Reserve(NumbersPerRow * sizeof(long));
            BinaryPrimitives.WriteInt64BigEndian(numbers, row.MessageCount);
            BinaryPrimitives.WriteInt64BigEndian(numbers[8..], row.InputTokens);
            BinaryPrimitives.WriteInt64BigEndian(numbers[16..], row.OutputTokens);
            BinaryPrimitives.WriteInt64BigEndian(numbers[24..], row.CacheCreationTokens);
            BinaryPrimitives.WriteInt64BigEndian(numbers[32..], row.CacheReadTokens);
            BinaryPrimitives.WriteInt64BigEndian(numbers[40..], row.CostIngested);
            BinaryPrimitives.WriteInt64BigEndian(numbers[48..], row.CostEffective);
            _length += NumbersPerRow * sizeof(long);
        }

        public void AddTexts(DailyRollup row)
        {
            var key = row.Key;
            var characters = key.Role.Length + key.Provider.Length + key.Model.Length + key.RepoId.Length + key.GitBranch.Length + key.Surface.Length
                + (row.Ticket?.Length ?? 1) + (row.TicketSource?.Length ?? 1);
            var room = Reserve((characters * MostBytesPerCharacter) + TextsPerRow);
            var at = Text(key.Role, room);
            at += Text(key.Provider, room[at..]);
            at += Text(key.Model, room[at..]);
            at += Text(key.RepoId, room[at..]);
            at += Text(key.GitBranch, room[at..]);
            at += Text(key.Surface, room[at..]);
            at += Text(row.Ticket, room[at..]);
            at += Text(row.TicketSource, room[at..]);
            _length += at;
        }

        public readonly void Return() => ArrayPool<byte>.Shared.Return(_buffer);

        private static int Text(string? text, Span<byte> room)
        {
            var written = 1;
            if (text is null) room[0] = AbsentText;
            else if (Ascii.FromUtf16(text, room, out written) != OperationStatus.Done) written = Encoding.UTF8.GetBytes(text, room);
            room[written] = 0;
            return written + 1;
        }

        private Span<byte> Reserve(int bytes)
        {
            if (_length + bytes > _buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
                Written.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }

            return _buffer.AsSpan(_length);
        }
    }
}

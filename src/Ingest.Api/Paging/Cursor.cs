using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Api.Paging;

/// <summary>
/// Where a listing goes on. Opaque to clients, and good only for the listing and the question it was given out for: anywhere else it would
/// skip rows in silence. It is no secret and grants nothing; every query is bound to its caller by itself.
/// </summary>
internal sealed class Cursor
{
    public const int MaximumLength = 512;

    internal const byte Version = 1;
    internal const int BindingBytes = 8;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    private Cursor(ReadOnlySpan<byte> binding)
    {
        _bytes.Write([Version]);
        _bytes.Write(binding);
    }

    /// <param name="listing">The endpoint's name.</param>
    /// <param name="subject">What was asked: the workspace and each filter, null where it is not set, always in the same order.</param>
    public static Cursor For(string listing, params ReadOnlySpan<string?> subject) => new(Bind(listing, subject));

    public Cursor At(DateTimeOffset instant)
    {
        Span<byte> ticks = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(ticks, instant.UtcTicks);
        return Add(CursorPart.Instant, ticks);
    }

    public Cursor At(DateOnly day)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, day.DayNumber);
        return Add(CursorPart.Day, number);
    }

    public Cursor At(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return Add(CursorPart.Id, bytes);
    }

    public Cursor At(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)utf8.Length));
        Add(CursorPart.Text, length);
        _bytes.Write(utf8);
        return this;
    }

    public override string ToString() => Base64Url.EncodeToString(_bytes.WrittenSpan);

    internal static byte[] Bind(string listing, ReadOnlySpan<string?> subject)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(listing));
        foreach (var part in subject)
        {
            // Told apart from its neighbours, and an absent one from an empty one.
            hash.AppendData(part is null ? [0, 0] : [0, 1]);
            if (part is not null) hash.AppendData(Encoding.UTF8.GetBytes(part));
        }

        return hash.GetHashAndReset()[..BindingBytes];
    }

    private Cursor Add(CursorPart kind, ReadOnlySpan<byte> value)
    {
        _bytes.Write([(byte)kind]);
        _bytes.Write(value);
        return this;
    }
}

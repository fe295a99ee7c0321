using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Ingest.Api.Paging;

/// <summary>Takes a cursor apart, part by part in the order they were written; whatever came from elsewhere is none.</summary>
internal ref struct CursorReader
{
    private ReadOnlySpan<byte> _rest;

    private CursorReader(ReadOnlySpan<byte> rest) => _rest = rest;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <param name="text">As the client sent it back.</param>
    /// <param name="reader">Stands before the first part.</param>
    /// <param name="listing">As in <see cref="Cursor.For"/>.</param>
    /// <param name="subject">As in <see cref="Cursor.For"/>.</param>
    public static bool TryOpen(string text, out CursorReader reader, string listing, params ReadOnlySpan<string?> subject)
    {
        reader = default;
        if (text.Length > Cursor.MaximumLength || !Base64Url.IsValid(text)) return false;
        var bytes = Base64Url.DecodeFromChars(text).AsSpan();
        if (bytes.Length < 1 + Cursor.BindingBytes || bytes[0] != Cursor.Version) return false;
        if (!bytes.Slice(1, Cursor.BindingBytes).SequenceEqual(Cursor.Bind(listing, subject))) return false;
        reader = new CursorReader(bytes[(1 + Cursor.BindingBytes)..]);
        return true;
    }

    public bool TryTake(out DateTimeOffset instant)
    {
        instant = default;
        if (!TryTake(CursorPart.Instant, sizeof(long), out var value)) return false;
        var ticks = BinaryPrimitives.ReadInt64BigEndian(value);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks) return false;
        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    public bool TryTake(out DateOnly day)
    {
        day = default;
        if (!TryTake(CursorPart.Day, sizeof(int), out var value)) return false;
        var number = BinaryPrimitives.ReadInt32BigEndian(value);
        if (number < DateOnly.MinValue.DayNumber || number > DateOnly.MaxValue.DayNumber) return false;
        day = DateOnly.FromDayNumber(number);
        return true;
    }

    public bool TryTake(out Guid id)
    {
        id = default;
        if (!TryTake(CursorPart.Id, 16, out var value)) return false;
        id = new Guid(value);
        return true;
    }

    public bool TryTake(out string text)
    {
        text = "";
        if (!TryTake(CursorPart.Text, sizeof(ushort), out var value)) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(value);
        if (length > _rest.Length) return false;
        text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];

        // Postgres text cannot hold it, and no text of ours does.
        return !text.Contains('\0', StringComparison.Ordinal);
    }

    private bool TryTake(CursorPart kind, int length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_rest.Length < 1 + length || _rest[0] != (byte)kind) return false;
        value = _rest.Slice(1, length);
        _rest = _rest[(1 + length)..];
        return true;
    }
}

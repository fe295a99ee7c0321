namespace Ingest.Domain.Envelopes;

/// <summary>
/// RFC 3339 instants as daemons write them, with up to nanoseconds. Kept in UTC and cut to microseconds, which is what the
/// database holds: cut here, so that an instant that is part of a key is the same on both sides.
/// A text without an offset is UTC, as the device's own SQLite means it.
/// </summary>
public static class Instant
{
    private const int LongestText = 64;

    public static readonly DateTimeOffset Earliest = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One day short of the calendar's end, which leaves room for any arithmetic on days.</summary>
    public static readonly DateTimeOffset Latest = new(9999, 12, 30, 0, 0, 0, TimeSpan.Zero);

    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length is < 19 or > LongestText) return false;
        if (!Day.TryParse(text[..10], out var day)) return false;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        if (!TwoDigits(text[11..], out var hour) || text[13] != ':' || !TwoDigits(text[14..], out var minute) || text[16] != ':'
            || !TwoDigits(text[17..], out var second))
        {
            return false;
        }

        // A leap second is the first instant of the next minute.
        if (hour > 23 || minute > 59 || second > 60) return false;

        var at = 19;
        var microseconds = 0L;
        if (at < text.Length && text[at] == '.')
        {
            var scale = 100_000L;
            var digits = 0;
            for (at++; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, digits++)
            {
                microseconds += (text[at] - '0') * scale;
                scale /= 10;
            }

            if (digits == 0) return false;
        }

        if (!TryOffset(text[at..], out var offset)) return false;

        var ticks = day.ToDateTime(TimeOnly.MinValue).Ticks
            + (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute) + (second * TimeSpan.TicksPerSecond)
            + (microseconds * TimeSpan.TicksPerMicrosecond) - offset.Ticks;
        if (ticks < Earliest.Ticks || ticks > Latest.Ticks) return false;
        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    /// <summary>The precision of storage: without it a stamp read back would differ from the same stamp still in memory.</summary>
    public static DateTimeOffset ToMicroseconds(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private static bool TryOffset(ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text.Length == 0) return true;
        if (text.Length == 1) return text[0] is (byte)'Z' or (byte)'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':') return false;
        if (!TwoDigits(text[1..], out var hours) || !TwoDigits(text[4..], out var minutes) || hours > 23 || minutes > 59) return false;
        offset = new TimeSpan(hours, minutes, 0);
        if (text[0] == '-') offset = -offset;
        return true;
    }

    private static bool TwoDigits(ReadOnlySpan<byte> text, out int value)
    {
        var tens = text[0] - '0';
        var ones = text[1] - '0';
        value = (tens * 10) + ones;
        return (uint)tens <= 9 && (uint)ones <= 9;
    }
}

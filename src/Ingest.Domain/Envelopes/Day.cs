namespace Ingest.Domain.Envelopes;

/// <summary>A UTC calendar day in its only accepted form, <c>YYYY-MM-DD</c>, from 1970 on (C§5 N: Postgres would take "tomorrow").</summary>
public static class Day
{
    public const string Format = "yyyy-MM-dd";
    public static readonly DateOnly Earliest = new(1970, 1, 1);

    public static bool TryParse(ReadOnlySpan<byte> text, out DateOnly day)
    {
        day = default;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-') return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..], out var dayOfMonth)) return false;
        if (year < Earliest.Year || month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > DateTime.DaysInMonth(year, month)) return false;
        day = new DateOnly(year, month, dayOfMonth);
        return true;
    }

    /// <summary>Always ten characters: the daemon compares watermarks as text.</summary>
    public static string ToText(DateOnly day) => day.ToString(Format, System.Globalization.CultureInfo.InvariantCulture);

    public static DateOnly Of(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (c - '0');
        }

        return true;
    }
}

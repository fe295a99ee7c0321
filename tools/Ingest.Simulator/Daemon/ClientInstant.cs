using System.Globalization;

namespace Ingest.Simulator.Daemon;

/// <summary>Instants and days as the daemon writes them: RFC 3339 with 0, 3, 6 or 9 decimals, always UTC.</summary>
internal static class ClientInstant
{
    public static string ToText(DateTimeOffset instant)
    {
        var utc = instant.UtcDateTime;
        var fraction = utc.Ticks % TimeSpan.TicksPerSecond;
        var decimals = fraction switch
        {
            0 => "",
            _ when fraction % TimeSpan.TicksPerMillisecond == 0 => utc.ToString(".fff", CultureInfo.InvariantCulture),
            _ when fraction % TimeSpan.TicksPerMicrosecond == 0 => utc.ToString(".ffffff", CultureInfo.InvariantCulture),
            _ => utc.ToString(".fffffff", CultureInfo.InvariantCulture) + "00",
        };
        return utc.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + decimals + "+00:00";
    }

    public static string DayOf(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string DayBefore(string day, int days) =>
        DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(-days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

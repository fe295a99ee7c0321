using System.Globalization;

namespace Ingest.Api.Pages.Frame;

/// <summary>Times and days in the words of pages. Days are UTC days.</summary>
internal static class Times
{
    /// <summary>Beyond that, nobody counts days.</summary>
    private static readonly TimeSpan MostCounted = TimeSpan.FromDays(60);

    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var ago = now - at;
        return ago switch
        {
            _ when ago < TimeSpan.FromMinutes(-1) => "in " + Span(-ago),
            _ when ago < TimeSpan.FromMinutes(1) => "just now",
            _ when ago > MostCounted => Day(DateOnly.FromDateTime(at.UtcDateTime)),
            _ => Span(ago) + " ago",
        };
    }

    /// <summary>In its largest unit.</summary>
    public static string Span(TimeSpan span) => span.Duration() switch
    {
        var days when days >= TimeSpan.FromDays(2) => Counted((long)days.TotalDays, "day"),
        var hours when hours >= TimeSpan.FromHours(1) => Counted((long)hours.TotalHours, "hour"),
        var minutes when minutes >= TimeSpan.FromMinutes(1) => Counted((long)minutes.TotalMinutes, "minute"),
        var seconds => Counted((long)seconds.TotalSeconds, "second"),
    };

    public static string Day(DateOnly day) => day.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>In UTC.</summary>
    public static string Minute(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM, HH:mm", CultureInfo.InvariantCulture);

    public static string Weekday(DateOnly day) => day.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture);

    public static string Counted(long count, string what) => $"{Number(count)} {what}{(count == 1 ? "" : "s")}";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

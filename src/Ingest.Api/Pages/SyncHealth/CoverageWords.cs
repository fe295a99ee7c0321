using Ingest.Api.Pages.Frame;
using Ingest.Domain.Health;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>A day of the calendar in a sentence.</summary>
internal static class CoverageWords
{
    public static string Of(CoverageDay day)
    {
        var held = day.Entry is { ExpiredAt: null } entry ? $"; {Times.Counted(entry.Totals.MessageCount, "message")} in {Times.Counted(entry.Totals.Rows, "row")}" : "";
        var aside = day.QuarantinedRows > 0 ? $"; {Times.Counted(day.QuarantinedRows, "row")} in quarantine" : "";
        return $"{Times.Weekday(day.Day)}: {Why(day)}{held}{aside}.";
    }

    private static string Why(CoverageDay day) => day.State switch
    {
        CoverageState.Complete => "complete",
        CoverageState.Open => "open, may still change",
        CoverageState.Late when day.Entry is not null => "late, it came while it was open and is not confirmed yet",
        CoverageState.Late => "late, the device has not sent it or anything since",
        CoverageState.Missing when day.Held == DayState.Expired => "missing, removed by age",
        CoverageState.Missing when day.Held == DayState.Gone => "missing on the device; what stands here counts on",
        CoverageState.Missing when day.Entry is not null => "perhaps not whole, asked for again and not come yet",
        CoverageState.Missing => "missing, asked for again and not come yet",
        _ => StateWords.MeaningOf(day.State),
    };
}

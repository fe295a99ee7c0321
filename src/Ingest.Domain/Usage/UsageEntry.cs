using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Usage;

/// <summary>What one device used on one day.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Device">The device.</param>
/// <param name="Totals">Of the day's live rows.</param>
/// <param name="Marks">What has befallen the day.</param>
public sealed record UsageEntry(DateOnly Day, UsageDevice Device, DayTotals Totals, DayMarks Marks)
{
    /// <summary>What of it counts: nothing of a day that has expired, whatever its ledger remembers.</summary>
    public DayTotals Counted => Marks.ExpiredAt is null ? Totals : default;
}

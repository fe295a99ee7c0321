using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>What one device used on one day.</summary>
/// <param name="Device">The device.</param>
/// <param name="Entry">Of the ledger.</param>
public sealed record UsageEntry(UsageDevice Device, LedgerDay Entry)
{
    /// <summary>What of it counts: nothing of a day that has expired, whatever the ledger remembers of it.</summary>
    public DayTotals Counted => Entry.ExpiredAt is null ? Entry.Totals : default;
}

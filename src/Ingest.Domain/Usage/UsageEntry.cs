using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;

namespace Ingest.Domain.Usage;

/// <summary>What one device used on one day.</summary>
/// <param name="Device">The device.</param>
/// <param name="Entry">Of the ledger.</param>
public sealed record UsageEntry(UsageDevice Device, LedgerDay Entry)
{
    /// <summary>As far as adding up goes.</summary>
    public DeviceDay Held => new(Device.DeviceId, Entry.Day, Entry.ReceivedAt, Entry.ExpiredAt is not null, Entry.Totals);

    /// <summary>What of it counts: nothing of a day that has expired, whatever the ledger remembers of it.</summary>
    public DayTotals Counted => Held.Counted;
}

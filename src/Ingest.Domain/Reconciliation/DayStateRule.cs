using Ingest.Domain.Ledger;

namespace Ingest.Domain.Reconciliation;

/// <summary>Tells the state of a device-day from what the ledger holds of it.</summary>
public static class DayStateRule
{
    /// <param name="entry">Of the ledger.</param>
    /// <param name="confirmedDay">Up to where the device was told that its days are stored.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="policy">When a day is closed, and when it counts as shared.</param>
    public static DayState Of(LedgerDay entry, DateOnly? confirmedDay, DateTimeOffset now, LedgerPolicy policy)
    {
        if (entry.ExpiredAt is not null) return DayState.Expired;
        if (entry.GoneAt is not null) return DayState.Gone;
        if (entry.IsShared(now, policy)) return DayState.Shared;
        if (entry.ShrunkAt is not null) return DayState.Shrunk;
        if (entry.ChangedAfterCloseAt is not null) return DayState.ChangedAfterClose;
        return entry.Day <= confirmedDay && entry.Day <= WatermarkRule.ClosedThrough(now, now, policy.GraceDays) ? DayState.Complete : DayState.Open;
    }
}

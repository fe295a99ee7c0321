using Ingest.Domain.Ledger;

namespace Ingest.Domain.Reconciliation;

/// <summary>Tells the state of a device-day from what the ledger holds of it.</summary>
public static class DayStateRule
{
    /// <param name="day">The UTC day.</param>
    /// <param name="marks">What has befallen it.</param>
    /// <param name="confirmedDay">Up to where the device was told that its days are stored.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="policy">When a day is closed, and when it counts as shared.</param>
    public static DayState Of(DateOnly day, DayMarks marks, DateOnly? confirmedDay, DateTimeOffset now, LedgerPolicy policy)
    {
        if (marks.ExpiredAt is not null) return DayState.Expired;
        if (marks.GoneAt is not null) return DayState.Gone;
        if (marks.Flips >= policy.FlipsOfSharedId && now - marks.FlippedAt < policy.QuietAfterFlips) return DayState.Shared;
        if (marks.ShrunkAt is not null) return DayState.Shrunk;
        if (marks.ChangedAfterCloseAt is not null) return DayState.ChangedAfterClose;
        return day <= confirmedDay && day <= WatermarkRule.ClosedThrough(now, now, policy.GraceDays) ? DayState.Complete : DayState.Open;
    }
}

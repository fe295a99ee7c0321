using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Health;

/// <summary>
/// Tells a device's days from the ledger, what is asked for, and how the device is doing. A day without an entry is no loss by itself: up to the confirmed day
/// the device has said that nothing was used. It is late only after that, and only where nothing vouches for the silence.
/// </summary>
public static class CoverageRule
{
    /// <param name="device">Whose days.</param>
    /// <param name="range">Which days; those to come are left out.</param>
    /// <param name="held">What is stored of them.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="policy">When a day is closed, and when it counts as shared.</param>
    /// <returns>Every day of the range, ascending.</returns>
    public static IReadOnlyList<CoverageDay> Of(FleetDevice device, DayRange range, HeldDays held, DateTimeOffset now, LedgerPolicy policy)
    {
        var today = Day.Of(now);
        var days = new List<CoverageDay>();
        for (var day = range.From; day < range.To && day <= today; day = day.AddDays(1))
        {
            var entry = held.Entries.GetValueOrDefault(day);
            DayState? state = entry is null ? null : DayStateRule.Of(entry, device.Status.ConfirmedDay, now, policy);
            var quarantined = held.Quarantined.GetValueOrDefault(day);
            days.Add(new CoverageDay(day, Of(device, day, entry, state, quarantined, now, policy), entry, state, quarantined));
        }

        return days;
    }

    private static CoverageState Of(FleetDevice device, DateOnly day, LedgerDay? entry, DayState? state, long quarantined, DateTimeOffset now, LedgerPolicy policy)
    {
        if (state is DayState.Expired or DayState.Gone || IsInGap(device, day, entry) || IsIgnored(device, day)) return CoverageState.Missing;
        if (state == DayState.Shared) return CoverageState.Shared;
        if (quarantined > 0) return CoverageState.Quarantined;
        var isClosed = day <= WatermarkRule.ClosedThrough(now, now, policy.GraceDays);
        return state switch
        {
            DayState.Shrunk => CoverageState.Shrunk,
            DayState.ChangedAfterClose => CoverageState.Changed,
            DayState.Complete => AsksAgainFrom(device) <= day ? CoverageState.Late : CoverageState.Complete,
            DayState.Open => isClosed ? CoverageState.Late : CoverageState.Open,
            _ when !IsExpected(device, day) => CoverageState.None,
            _ when !isClosed => CoverageState.Open,
            _ => IsVouchedFor(device) ? CoverageState.None : CoverageState.Late,
        };
    }

    /// <summary>What came again since the restore is the device's own snapshot, and whole.</summary>
    private static bool IsInGap(FleetDevice device, DateOnly day, LedgerDay? entry) =>
        device.Status.Gap is { } gap
        && day <= Day.Of(gap.RestoredAt) && day > (gap.Through ?? FirstContactOf(device).AddDays(-1))
        && !(entry?.ReceivedAt > gap.RestoredAt);

    /// <summary>What the rewind began with. Days behind it are asked for only because a daemon cannot send one alone.</summary>
    private static bool IsIgnored(FleetDevice device, DateOnly day) => AsksAgainFrom(device) == day && RewindReasons.Parse(device.Status.Rewinds.Pending!.Reason) == RewindReason.Late;

    private static DateOnly? AsksAgainFrom(FleetDevice device) =>
        device.Status.Rewinds.Pending is { } pending && !RewindReasons.Parse(pending.Reason).IsRoutine() ? pending.From : null;

    private static bool IsExpected(FleetDevice device, DateOnly day) =>
        device.IsAwaited && day > (device.Status.ConfirmedDay ?? DateOnly.MinValue) && day >= FirstContactOf(device);

    /// <summary>A daemon in contact that is in the middle of nothing has sent what it has.</summary>
    private static bool IsVouchedFor(FleetDevice device) =>
        device.Health.State == SyncState.Healthy && !device.IsOpen && !(device.Status.ContinuesAfter < device.Status.ConfirmedDay);

    private static DateOnly FirstContactOf(FleetDevice device) => Day.Of(device.Status.Facts.FirstContactAt);
}

using System.Globalization;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Health;

/// <summary>Tells what is the matter with a device beside its state.</summary>
public static class ConcernRule
{
    /// <returns>Worst first. Nothing is the matter with a revoked device: nobody waits for it.</returns>
    public static IReadOnlyList<Concern> Of(DeviceStatus status, SyncHealth health, DateTimeOffset now)
    {
        if (health.State == SyncState.Revoked) return [];
        var concerns = new List<Concern>();
        if (status.LastKey is { } key && key.EndedAt(now) is { } ended)
        {
            var how = key.RevokedAt == ended ? "was revoked" : "expired";
            concerns.Add(new Concern(ConcernKind.KeyEnded, $"The key it used last ({key.Prefix}…) {how} on {Date(Day.Of(ended))}; a daemon that still has it sends nothing."));
        }

        if (status.Gap is { } gap)
        {
            var since = gap.Through is { } through ? $"after {Date(through)}" : "before";
            concerns.Add(new Concern(ConcernKind.BackupGap, $"A backup was restored on {Date(Day.Of(gap.RestoredAt))}; what it delivered {since} has not all come again."));
        }

        if (status.Rewinds.Pending is { } pending && !RewindReasons.Parse(pending.Reason).IsRoutine()) concerns.Add(new Concern(ConcernKind.Resending, Asked(pending)));
        if (status.QuarantinedRows > 0)
            concerns.Add(new Concern(ConcernKind.QuarantinedRows, $"{Counted(status.QuarantinedRows, "row")} of it {Are(status.QuarantinedRows)} in quarantine, and in no sum."));
        if (SyncHealth.ClockRemark(status.ClockSkew) is { } clock) concerns.Add(new Concern(ConcernKind.WrongClock, "Its " + clock));
        return concerns;
    }

    /// <summary>What only its days tell.</summary>
    public static IReadOnlyList<Concern> Of(IReadOnlyCollection<CoverageDay> days)
    {
        var concerns = new List<Concern>();
        var shrunk = days.Where(day => day.Held == DayState.Shrunk).ToList();
        if (shrunk.Count > 0)
        {
            concerns.Add(new Concern(
                ConcernKind.ShrunkDays, $"{Counted(shrunk.Count, "day")} {Hold(shrunk.Count)} less than after {Its(shrunk.Count)} close, the last one {Date(shrunk.Max(day => day.Day))}."));
        }

        var gone = days.Where(day => day.Held == DayState.Gone).ToList();
        if (gone.Count > 0)
        {
            concerns.Add(new Concern(
                ConcernKind.GoneDays,
                $"The device sent all it has, and {Counted(gone.Count, "day")} {(gone.Count == 1 ? "was" : "were")} not in it, the last one {Date(gone.Max(day => day.Day))}. What stands here counts on."));
        }

        return concerns;
    }

    private static string Asked(PendingRewind pending)
    {
        var why = RewindReasons.Parse(pending.Reason) switch
        {
            RewindReason.Changed => $"{Date(pending.From)} arrived changed after it was closed",
            RewindReason.Late => $"an envelope with {Date(pending.From)} came late and was not taken",
            _ => "it brought next to no history when it came first",
        };
        var from = pending.From == Day.Earliest ? "everything" : $"everything from {Date(pending.From)} on";
        var unheeded = pending.UnheededAnswers == 0 ? "" : $" It did not follow {Counted(pending.UnheededAnswers, "answer")}.";
        return $"It is asked to send {from} again: {why}.{unheeded}";
    }

    private static string Counted(long count, string what) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {what}{(count == 1 ? "" : "s")}";

    private static string Are(long count) => count == 1 ? "is" : "are";

    private static string Hold(long count) => count == 1 ? "holds" : "hold";

    private static string Its(long count) => count == 1 ? "its" : "their";

    private static string Date(DateOnly day) => day.ToString("d MMM yyyy", CultureInfo.InvariantCulture);
}

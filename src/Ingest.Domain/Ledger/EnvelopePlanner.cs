using System.Security.Cryptography;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Ledger;

/// <summary>
/// Decides what an envelope changes, from what it says and what the database holds. The same decision is taken more than once: without
/// a lock, to see that nothing changes and nothing need be locked, under the device's lock, and again where rows had to be read for it.
/// </summary>
public static class EnvelopePlanner
{
    public static EnvelopePlan Plan(Arrival arrival, StoredState stored, LedgerPolicy policy)
    {
        var (envelope, now) = (arrival.Received.Envelope, arrival.Received.ReceivedAt);
        var sentAt = envelope.SyncedAt ?? Instant.ToMicroseconds(now);
        var order = new EnvelopeOrder(arrival.Clock.Epoch, sentAt);
        var isLate = arrival.IsLate && policy.Applies(LedgerRules.Order);
        var closedThrough = WatermarkRule.ClosedThrough(now, arrival.IsFromDevice ? sentAt : now, policy.Applies(LedgerRules.Grace) ? policy.GraceDays : 0);
        var pass = arrival.IsFromDevice && envelope.EarliestDay is { } begins && envelope.LatestDay is { } latest
            ? new SyncPass(stored.Device.Progress, begins, latest, now, Day.Of(sentAt < now ? sentAt : now), closedThrough, policy)
            : null;
        if (!isLate && !arrival.IsRepeated) pass?.Arrive();

        var count = new Counter();
        var days = new List<DayChange>();
        var unread = new List<DateOnly>();
        JudgeDays(arrival, stored, policy, order, isLate, closedThrough, pass, count, days, unread);
        if (isLate && arrival.Clock.Steady?.MeansTwoMachines(policy) == true) pass?.SawSharedId();
        var sessions = JudgeSessions(envelope, stored, order, isLate, count);
        var windows = JudgeWindows(envelope, stored, order, isLate, count);
        var (quarantine, newlyQuarantined) = JudgeRejected(envelope, stored, isLate, days);
        var released = isLate ? [] : SettledBy(envelope, stored);

        var looksBack = !isLate && pass is not null
            && pass.LookBack(arrival.MayLookBack, LookBackSchedule.NextAfter(now, envelope.WorkspaceId, envelope.DeviceId));
        var watermark = pass?.Answer(isLate) ?? (arrival.IsFromDevice ? WatermarkRule.OfPending(stored.Device.Progress.Rewind) : null);
        var device = new DeviceState(
            IsRegistered: true,
            isLate ? stored.Device.Label : envelope.Label.Or(stored.Device.Label),
            Math.Max(order.ClockEpoch, stored.Device.ClockEpoch),
            stored.Device.RollupRows + days.Sum(day => day.AddedRows),
            stored.Device.QuarantinedRows + newlyQuarantined - released.Count,
            pass?.Progress ?? stored.Device.Progress);

        return new EnvelopePlan
        {
            Order = order,
            Device = device,
            DeviceChanges = device != stored.Device,
            Unread = unread,
            Days = days,
            Sessions = sessions,
            Windows = windows,
            Quarantine = quarantine,
            NewlyQuarantined = newlyQuarantined,
            Released = released,
            EndedRewinds = pass?.Ended ?? [],
            LooksBack = looksBack,
            Counts = new RowCounts(count.Changed, count.Unchanged, count.Superseded, envelope.Rejected.Count),
            Watermark = watermark,
        };
    }

    private static void JudgeDays(
        Arrival arrival,
        StoredState stored,
        LedgerPolicy policy,
        EnvelopeOrder order,
        bool isLate,
        DateOnly closedThrough,
        SyncPass? pass,
        Counter count,
        List<DayChange> changes,
        List<DateOnly> unread)
    {
        var rule = new SnapshotRule
        {
            Policy = policy,
            Order = order,
            Now = arrival.Received.ReceivedAt,
            AttemptId = arrival.Received.AttemptId,
            IsLate = isLate,
            IsCompleteByDay = arrival.Received.IsCompleteByDay,
            ClosedThrough = closedThrough,
            VerifyFrom = pass?.Progress.VerifyFrom,
            Rejected = new RejectedKeys(arrival.Received.Envelope.Rejected),
        };
        foreach (var day in arrival.Received.Envelope.Days)
        {
            var judged = rule.Judge(day, stored.Days.GetValueOrDefault(day.Day), stored.Rows.GetValueOrDefault(day.Day));
            count.Add(judged.Fate, day.Rows.Length);
            if (judged.Fate == DayFate.Unread) unread.Add(day.Day);
            if (judged.AsksAgain is { } reason) pass?.Ask(day.Day, reason);
            if (judged.Change is not { } change) continue;
            changes.Add(change);
            if (change.After.ShrunkAt > change.Before?.ShrunkAt || (change.After.ShrunkAt is not null && change.Before?.ShrunkAt is null)) pass?.Shrank();
            if (change.After.IsShared(rule.Now, policy)) pass?.SawSharedId();
        }

        if (isLate || !rule.IsCompleteByDay || pass?.CoversAfter is not { } after) return;
        foreach (var day in stored.UnnamedDays.Where(day => day.Day > after && !rule.Rejected.MayNameOf(day.Day)))
        {
            changes.Add(new DayChange(day, day with { GoneAt = rule.Now }, [], [], null));
        }
    }

    private static List<StoredSession> JudgeSessions(Envelope envelope, StoredState stored, EnvelopeOrder order, bool isLate, Counter count)
    {
        var sessions = new List<StoredSession>();
        foreach (var sent in envelope.Sessions)
        {
            var before = stored.Sessions.GetValueOrDefault(sent.SessionId);
            var after = StoredSession.After(sent, before, order);
            var fate = FateOf(after.TellsTheSameAs(before), before?.Order, order, isLate);
            count.Add(fate, 1);
            if (fate == DayFate.Changed) sessions.Add(after);
        }

        return sessions;
    }

    private static List<StoredWindow> JudgeWindows(Envelope envelope, StoredState stored, EnvelopeOrder order, bool isLate, Counter count)
    {
        var windows = new List<StoredWindow>();
        foreach (var sent in envelope.Windows)
        {
            var before = stored.Windows.GetValueOrDefault(sent.Key);
            var fate = FateOf(before?.Summary == sent, before?.Order, order, isLate);
            count.Add(fate, 1);
            if (fate == DayFate.Changed) windows.Add(new StoredWindow(sent, order));
        }

        return windows;
    }

    private static DayFate FateOf(bool isSame, EnvelopeOrder? before, EnvelopeOrder order, bool isLate)
    {
        if (isSame) return DayFate.Unchanged;
        return before is null || (!isLate && order >= before) ? DayFate.Changed : DayFate.Superseded;
    }

    /// <summary>
    /// A rejected row that is there already is written again when its day changes: it is part of that snapshot as much as the usable rows
    /// are, and must not look older than they do when it is replayed.
    /// </summary>
    private static (List<RejectedRow> Rows, int NewOnes) JudgeRejected(Envelope envelope, StoredState stored, bool isLate, List<DayChange> days)
    {
        var written = days.Where(day => day.ChangesRows).Select(day => day.After.Day).ToHashSet();
        var quarantine = new List<RejectedRow>();
        var newOnes = 0;
        foreach (var row in envelope.Rejected)
        {
            var known = stored.Quarantined.TryGetValue(row.QuarantineId, out var kept);
            var isSame = known && SHA256.HashData(row.Raw.Span).AsSpan().SequenceEqual(kept) && !(row.BucketDay is { } day && written.Contains(day));
            if (isSame || (known && isLate)) continue;
            newOnes += known ? 0 : 1;
            quarantine.Add(row);
        }

        return (quarantine, newOnes);
    }

    /// <summary>A key that is named good and bad at once stays: released now, it would be quarantined again by the next repeat.</summary>
    private static List<Guid> SettledBy(Envelope envelope, StoredState stored)
    {
        if (stored.Quarantined.Count == 0) return [];
        var stillBad = envelope.Rejected.Select(row => row.QuarantineId).ToHashSet();
        return [.. envelope.UsableRowNames().Where(row => stored.Quarantined.ContainsKey(row) && !stillBad.Contains(row))];
    }

    private sealed class Counter
    {
        public int Changed { get; private set; }

        public int Unchanged { get; private set; }

        public int Superseded { get; private set; }

        public void Add(DayFate fate, int rows)
        {
            if (fate == DayFate.Superseded) Superseded += rows;
            else if (fate == DayFate.Unchanged) Unchanged += rows;
            else Changed += rows;
        }
    }
}

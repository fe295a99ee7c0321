using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>
/// A device-day is one versioned snapshot, and the newest one is the truth: it is what a stock chunk holds of every day it names (C§5.0).
/// Keys it no longer names become ghosts: kept, marked, in no sum.
/// </summary>
public sealed class SnapshotRule
{
    public required LedgerPolicy Policy { get; init; }

    public required EnvelopeOrder Order { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>When the device brought what now comes out of quarantine; null where it comes from the device.</summary>
    public required DateTimeOffset? BroughtAt { get; init; }

    public required Guid AttemptId { get; init; }

    /// <summary>Whether the envelope came after one that was sent later.</summary>
    public required bool IsLate { get; init; }

    /// <summary>Whether it holds all rows of each day it names.</summary>
    public required bool IsCompleteByDay { get; init; }

    /// <summary>Days up to this one are closed.</summary>
    public required DateOnly ClosedThrough { get; init; }

    /// <summary>Days from this one on are compared row by row, whatever their digests say.</summary>
    public required DateOnly? VerifyFrom { get; init; }

    public required RejectedKeys Rejected { get; init; }

    /// <param name="snapshot">The day as the envelope tells it.</param>
    /// <param name="before">The day as the ledger knows it, or null.</param>
    /// <param name="stored">Its stored rows in key order, ghosts too, or null where they were not read.</param>
    public DayJudgement Judge(DaySnapshot snapshot, LedgerDay? before, IReadOnlyList<StoredRollup>? stored)
    {
        if (before is null) return new DayJudgement(DayFate.Changed, FirstOf(snapshot));
        if (before.ExpiredAt is not null) return DayJudgement.Unchanged;

        var isSame = before.Digest == snapshot.Digest && before.DigestVersion == DayDigest.Version;
        var isOverruled = before.RestoredAt is not null && before.DigestBefore == snapshot.Digest;
        var isOlder = Policy.Applies(LedgerRules.Order) && (IsLate || Order < before.Order);
        if (isOverruled || (isSame && (isOlder || !(snapshot.Day >= VerifyFrom)))) return Named(before, agrees: isSame);
        if (isOlder) return Ignored(before);
        return stored is null ? new DayJudgement(DayFate.Unread) : Compare(snapshot, before, stored);
    }

    private DayChange FirstOf(DaySnapshot snapshot) => new(
        null,
        new LedgerDay
        {
            Day = snapshot.Day,
            Digest = snapshot.Digest,
            Totals = snapshot.Totals,
            Order = Order,
            ReceivedAt = BroughtAt ?? Now,
            AttemptId = AttemptId,
        },
        Rows(snapshot),
        [],
        null);

    /// <summary>A day that was gone is no longer so once it is named, and one that was restored is the device's own again once it agrees.</summary>
    private DayJudgement Named(LedgerDay before, bool agrees)
    {
        var after = before with { GoneAt = null, RestoredAt = agrees ? null : before.RestoredAt };
        return IsLate || after == before ? DayJudgement.Unchanged : new DayJudgement(DayFate.Unchanged, new DayChange(before, after, [], [], null));
    }

    /// <summary>
    /// The device holds, or held, something else: it shall say so again. Where that happens time and again, two machines are at odds,
    /// and asking would never end.
    /// </summary>
    private DayJudgement Ignored(LedgerDay before)
    {
        if (before.Day > ClosedThrough) return new DayJudgement(DayFate.Superseded);
        var after = before with { Flips = FlipsUntilNow(before) + 1, FlippedAt = Now };
        return new DayJudgement(
            DayFate.Superseded,
            new DayChange(before, after, [], [], null),
            after.IsShared(Now, Policy) || !Policy.Applies(LedgerRules.RewindLate) ? null : RewindReason.Late);
    }

    private DayJudgement Compare(DaySnapshot snapshot, LedgerDay before, IReadOnlyList<StoredRollup> stored)
    {
        var flips = FlipsUntilNow(before);
        var flipped = before.DigestBefore == snapshot.Digest && IsRecent(before);
        if (flipped) flips++;
        var changes = snapshot.Day > ClosedThrough ? 0 : (IsRecent(before) ? before.Changes : 0) + 1;
        var isAtOdds = flipped || flips >= Policy.FlipsOfSharedId || changes >= Policy.ChangesOfSharedId;
        var after = before with { Flips = flips, Changes = changes, FlippedAt = isAtOdds ? Now : before.FlippedAt };
        var isShared = after.IsShared(Now, Policy);
        var retires = IsCompleteByDay && !isShared && !Rejected.HidesKeysOf(snapshot.Day) && Policy.Applies(LedgerRules.Ghosts);

        var merge = new SnapshotMerge(snapshot.Rows, stored, key => retires && !Rejected.Names(key));
        after = after with
        {
            Digest = merge.Kept == 0 ? snapshot.Digest : DayDigest.Of(snapshot.Day, merge.Live.Span),
            DigestVersion = DayDigest.Version,
            Totals = merge.Kept == 0 ? snapshot.Totals : DayTotals.Of(merge.Live.Span),
            GhostRows = merge.Ghosts,
            GoneAt = null,
        };
        if (!merge.ChangesRows)
        {
            // Told otherwise, but the same rows: a part of them, or all of them under another version of the digest.
            after = after with { Flips = before.Flips, Changes = before.Changes, FlippedAt = before.FlippedAt };
            return after == before ? DayJudgement.Unchanged : new DayJudgement(DayFate.Unchanged, new DayChange(before, after, [], [], null));
        }

        // Where the digest is the same it was not the device that changed: rows were lost here, and are now put right.
        var isChangeOfTheDevice = before.Digest != snapshot.Digest;
        var isClosed = snapshot.Day <= ClosedThrough;
        after = after with
        {
            DigestBefore = before.Digest,
            KeptRows = merge.Kept,
            Order = Order,
            ReceivedAt = BroughtAt is null && isChangeOfTheDevice ? Now : before.ReceivedAt,
            AttemptId = AttemptId,
            ChangedAfterCloseAt = isClosed ? Now : before.ChangedAfterCloseAt,
            ShrunkAt = isClosed && after.Totals.Units < before.Totals.Units ? Now : null,
            RestoredAt = null,
        };

        // Machines at odds over a day would fill the disk with what each of them held; what the day held before they met is kept already.
        var version = isClosed && !isShared ? new DayVersion(before, merge.LiveBefore, merge.Reasons(before.Totals, after.Totals)) : null;
        return new DayJudgement(
            DayFate.Changed,
            new DayChange(before, after, merge.Written, merge.Ghosted, version) { StoredRows = merge.StoredRows },
            isClosed && isChangeOfTheDevice && !isShared && Policy.Applies(LedgerRules.RewindChanged) ? RewindReason.Changed : null);
    }

    private int FlipsUntilNow(LedgerDay before) => IsRecent(before) ? before.Flips : 0;

    private bool IsRecent(LedgerDay before) =>
        Now - (before.FlippedAt > before.ReceivedAt ? before.FlippedAt.Value : before.ReceivedAt) <= Policy.QuietAfterFlips;

    private static RollupWrite[] Rows(DaySnapshot snapshot)
    {
        var rows = new RollupWrite[snapshot.Rows.Length];
        for (var i = 0; i < rows.Length; i++) rows[i] = new RollupWrite(snapshot.Rows.Span[i], null);
        return rows;
    }
}

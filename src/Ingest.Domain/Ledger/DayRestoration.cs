using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>
/// An earlier version of a closed day is put back over what the device says of it. <see cref="SnapshotRule"/> keeps it there for as long as
/// the device repeats what was overruled; whatever else the device says later is newer than the operator's word and replaces it.
/// </summary>
/// <param name="Fate">What becomes of the day.</param>
/// <param name="Change">What is to be written, where it is restored.</param>
public sealed record DayRestoration(RestorationFate Fate, DayChange? Change = null)
{
    /// <param name="before">The day as the ledger knows it.</param>
    /// <param name="stored">Its stored rows in key order, ghosts too.</param>
    /// <param name="version">The rows that shall be the live ones, in key order.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="attemptId">Names the restoration where attempts are named.</param>
    public static DayRestoration Of(
        LedgerDay before, IReadOnlyList<StoredRollup> stored, IReadOnlyList<DailyRollup> version, DateTimeOffset now, Guid attemptId)
    {
        if (before.ExpiredAt is not null) return new DayRestoration(RestorationFate.Expired);
        var merge = new SnapshotMerge(version.ToArray(), stored, retires: _ => true);
        if (!merge.ChangesRows) return new DayRestoration(RestorationFate.Unchanged);

        var after = before with
        {
            Digest = DayDigest.Of(before.Day, merge.Live.Span),
            DigestVersion = DayDigest.Version,
            // Of a day that was restored before, the digest is an operator's doing: what the device holds is still the one before it.
            DigestBefore = before.RestoredAt is null ? before.Digest : before.DigestBefore,
            Totals = DayTotals.Of(merge.Live.Span),
            KeptRows = 0,
            GhostRows = merge.Ghosts,
            AttemptId = attemptId,
            ChangedAfterCloseAt = now,
            ShrunkAt = null,
            GoneAt = null,
            RestoredAt = now,
        };
        return new DayRestoration(
            RestorationFate.Restored,
            new DayChange(before, after, merge.Written, merge.Ghosted, new DayVersion(before, merge.LiveBefore, [ChangeReason.Restored]))
            {
                StoredRows = merge.StoredRows,
            });
    }
}

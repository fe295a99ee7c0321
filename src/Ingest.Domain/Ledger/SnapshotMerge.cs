using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>What a snapshot makes of the stored rows of its day. Both stand in key order, so one pass over both tells.</summary>
public sealed class SnapshotMerge
{
    private readonly List<RollupWrite> _written = [];
    private readonly List<RollupKey> _ghosted = [];
    private readonly List<DailyRollup> _liveBefore;
    private readonly List<DailyRollup> _live;
    private int _added;
    private int _revived;

    /// <param name="snapshot">The rows that are told, in key order.</param>
    /// <param name="stored">The rows that stand there, in key order.</param>
    /// <param name="retires">Whether a stored key that is not told becomes a ghost.</param>
    public SnapshotMerge(ReadOnlyMemory<DailyRollup> snapshot, IReadOnlyList<StoredRollup> stored, Func<RollupKey, bool> retires)
    {
        _live = new List<DailyRollup>(snapshot.Length);
        _liveBefore = new List<DailyRollup>(stored.Count);
        var rows = snapshot.Span;
        var next = 0;
        foreach (var row in rows)
        {
            while (next < stored.Count && stored[next].Row.Key < row.Key) Untold(stored[next++], retires);
            Told(row, next < stored.Count && stored[next].Row.Key == row.Key ? stored[next++] : null);
        }

        while (next < stored.Count) Untold(stored[next++], retires);
    }

    public IReadOnlyList<RollupWrite> Written => _written;

    public IReadOnlyList<RollupKey> Ghosted => _ghosted;

    public IReadOnlyList<DailyRollup> LiveBefore => _liveBefore;

    /// <summary>All live rows after it, in key order.</summary>
    public ReadOnlyMemory<DailyRollup> Live => _live.ToArray();

    /// <summary>Live rows that were not told and stay.</summary>
    public int Kept { get; private set; }

    /// <summary>All ghosts after it.</summary>
    public int Ghosts { get; private set; }

    public bool ChangesRows => _written.Count > 0 || _ghosted.Count > 0;

    public IReadOnlyList<ChangeReason> Reasons(DayTotals before, DayTotals after)
    {
        if (_ghosted.Count > 0 && _added + _revived > 0 && before.HasUnitsOf(after)) return [ChangeReason.ReKeyed];
        var reasons = new List<ChangeReason>();
        if (after.ExceedsAnyOf(before)) reasons.Add(ChangeReason.Grew);
        if (before.ExceedsAnyOf(after)) reasons.Add(ChangeReason.Shrank);
        if (_ghosted.Count > 0) reasons.Add(ChangeReason.Ghosted);
        if (_revived > 0) reasons.Add(ChangeReason.Revived);
        if (reasons.Count == 0) reasons.Add(ChangeReason.Edited);
        return reasons;
    }

    private void Told(DailyRollup row, StoredRollup? stored)
    {
        _live.Add(row);
        if (stored is null) _added++;
        else if (stored.IsGhost) _revived++;
        else _liveBefore.Add(stored.Row);
        if (stored is null || stored.IsGhost || stored.Row != row) _written.Add(new RollupWrite(row, stored));
    }

    private void Untold(StoredRollup stored, Func<RollupKey, bool> retires)
    {
        if (stored.IsGhost)
        {
            Ghosts++;
            return;
        }

        _liveBefore.Add(stored.Row);
        if (retires(stored.Row.Key))
        {
            Ghosts++;
            _ghosted.Add(stored.Row.Key);
        }
        else
        {
            Kept++;
            _live.Add(stored.Row);
        }
    }
}

using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>What a snapshot makes of the stored rows of its day. Both stand in key order, so one pass over both tells.</summary>
public sealed class SnapshotMerge
{
    private readonly List<RollupWrite> _written;
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
        StoredRows = stored.Count;
        _written = new List<RollupWrite>(snapshot.Length);
        _live = new List<DailyRollup>(snapshot.Length);
        _liveBefore = new List<DailyRollup>(stored.Count);
        var rows = snapshot.Span;
        var next = 0;
        foreach (var row in rows)
        {
            var order = 1;
            while (next < stored.Count && (order = stored[next].Row.Key.CompareTo(row.Key)) < 0) Untold(stored[next++], retires);
            if (order == 0) Told(row, stored[next], next++);
            else ToldAnew(row);
        }

        while (next < stored.Count) Untold(stored[next++], retires);
    }

    /// <summary>How many rows stood there, ghosts too.</summary>
    public int StoredRows { get; }

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

    private void Told(DailyRollup row, StoredRollup stored, int place)
    {
        _live.Add(row);
        if (stored.IsGhost) _revived++;
        else _liveBefore.Add(stored.Row);
        if (!stored.IsGhost && stored.Row == row) return;
        _written.Add(new RollupWrite(row, row.Ticket == stored.Row.Ticket && row.TicketSource == stored.Row.TicketSource ? place : null));
    }

    private void ToldAnew(DailyRollup row)
    {
        _live.Add(row);
        _added++;
        _written.Add(new RollupWrite(row, null));
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

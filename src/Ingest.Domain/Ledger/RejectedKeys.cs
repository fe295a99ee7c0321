using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Ledger;

/// <summary>What rejected rollups still tell: one whose key is readable names it, one whose key is not may be any stored row.</summary>
public sealed class RejectedKeys
{
    private readonly HashSet<RollupKey> _named = [];
    private readonly HashSet<DateOnly> _days = [];
    private readonly HashSet<DateOnly> _hiding = [];
    private readonly bool _hidesAll;

    public RejectedKeys(IEnumerable<RejectedRow> rejected)
    {
        foreach (var row in rejected.Where(row => row.Kind == RowKind.DailyRollup))
        {
            if (row.BucketDay is { } named) _days.Add(named);
            if (row.Key is { } key) _named.Add(key);
            else if (row.BucketDay is { } day) _hiding.Add(day);
            else _hidesAll = true;
        }
    }

    public bool Names(RollupKey key) => _named.Contains(key);

    public bool HidesKeysOf(DateOnly day) => _hidesAll || _hiding.Contains(day);

    /// <summary>Whether the day is, or may be, named by a rejected row: then it is not gone.</summary>
    public bool MayNameOf(DateOnly day) => _hidesAll || _days.Contains(day);
}

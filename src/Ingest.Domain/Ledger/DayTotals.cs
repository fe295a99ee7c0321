using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>Sums of a device-day, kept in the ledger so that status and reports need no row. Costs are in units of 1/10000 cent.</summary>
public readonly record struct DayTotals(
    int Rows,
    long MessageCount,
    long InputTokens,
    long OutputTokens,
    long CacheCreationTokens,
    long CacheReadTokens,
    long CostIngested,
    long CostEffective)
{
    /// <summary>All that was counted, as one number to tell more from less.</summary>
    public Int128 Units => (Int128)MessageCount + InputTokens + OutputTokens + CacheCreationTokens + CacheReadTokens;

    public bool HasUnitsOf(DayTotals other) =>
        (MessageCount, InputTokens, OutputTokens, CacheCreationTokens, CacheReadTokens)
        == (other.MessageCount, other.InputTokens, other.OutputTokens, other.CacheCreationTokens, other.CacheReadTokens);

    /// <summary>Whether any sum is larger than <paramref name="other"/>'s.</summary>
    public bool ExceedsAnyOf(DayTotals other) =>
        MessageCount > other.MessageCount || InputTokens > other.InputTokens || OutputTokens > other.OutputTokens
        || CacheCreationTokens > other.CacheCreationTokens || CacheReadTokens > other.CacheReadTokens
        || CostIngested > other.CostIngested || CostEffective > other.CostEffective;

    /// <exception cref="OverflowException">A sum does not fit into 64 bits.</exception>
    public static DayTotals operator +(DayTotals left, DayTotals right) => checked(new DayTotals(
        left.Rows + right.Rows,
        left.MessageCount + right.MessageCount,
        left.InputTokens + right.InputTokens,
        left.OutputTokens + right.OutputTokens,
        left.CacheCreationTokens + right.CacheCreationTokens,
        left.CacheReadTokens + right.CacheReadTokens,
        left.CostIngested + right.CostIngested,
        left.CostEffective + right.CostEffective));

    public static DayTotals Of(ReadOnlySpan<DailyRollup> rows)
    {
        var sum = default(DayTotals);
        foreach (var row in rows)
        {
            sum += new DayTotals(
                1, row.MessageCount, row.InputTokens, row.OutputTokens, row.CacheCreationTokens, row.CacheReadTokens, row.CostIngested, row.CostEffective);
        }

        return sum;
    }

    public static DayTotals Sum(IEnumerable<DayTotals> totals) => totals.Aggregate(default(DayTotals), static (sum, day) => sum + day);
}

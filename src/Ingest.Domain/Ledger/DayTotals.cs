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

    public static DayTotals Of(ReadOnlySpan<DailyRollup> rows)
    {
        checked
        {
            var sum = new DayTotals(rows.Length, 0, 0, 0, 0, 0, 0, 0);
            foreach (var row in rows)
            {
                sum = new DayTotals(
                    sum.Rows,
                    sum.MessageCount + row.MessageCount,
                    sum.InputTokens + row.InputTokens,
                    sum.OutputTokens + row.OutputTokens,
                    sum.CacheCreationTokens + row.CacheCreationTokens,
                    sum.CacheReadTokens + row.CacheReadTokens,
                    sum.CostIngested + row.CostIngested,
                    sum.CostEffective + row.CostEffective);
            }

            return sum;
        }
    }
}

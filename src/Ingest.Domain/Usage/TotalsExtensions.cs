using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>Adds up sums of days.</summary>
public static class TotalsExtensions
{
    /// <exception cref="OverflowException">The sum does not fit into 64 bits.</exception>
    public static DayTotals Sum(this IEnumerable<DayTotals> totals) => totals.Aggregate(default(DayTotals), static (sum, day) => checked(new DayTotals(
        sum.Rows + day.Rows,
        sum.MessageCount + day.MessageCount,
        sum.InputTokens + day.InputTokens,
        sum.OutputTokens + day.OutputTokens,
        sum.CacheCreationTokens + day.CacheCreationTokens,
        sum.CacheReadTokens + day.CacheReadTokens,
        sum.CostIngested + day.CostIngested,
        sum.CostEffective + day.CostEffective)));
}

using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Counting;

/// <summary>Sums of rows. Costs are in units of 1/10000 cent.</summary>
internal readonly record struct DaySums(
    long Rows, long MessageCount, long InputTokens, long OutputTokens, long CacheCreationTokens, long CacheReadTokens, long CostIngested, long CostEffective)
{
    public long Units => MessageCount + InputTokens + OutputTokens + CacheCreationTokens + CacheReadTokens;

    public static DaySums Of(Rollup row) => new(
        1, row.MessageCount, row.InputTokens, row.OutputTokens, row.CacheCreationTokens, row.CacheReadTokens,
        MoneyUnits.Of(row.CostIngested), MoneyUnits.Of(row.CostEffective));

    public static DaySums operator +(DaySums a, DaySums b) => new(
        a.Rows + b.Rows,
        a.MessageCount + b.MessageCount,
        a.InputTokens + b.InputTokens,
        a.OutputTokens + b.OutputTokens,
        a.CacheCreationTokens + b.CacheCreationTokens,
        a.CacheReadTokens + b.CacheReadTokens,
        a.CostIngested + b.CostIngested,
        a.CostEffective + b.CostEffective);

    /// <summary>Units that are here and not in <paramref name="other"/>, count by count: too much of one never hides too little of another.</summary>
    public long UnitsBeyond(DaySums other) =>
        long.Max(0, MessageCount - other.MessageCount)
        + long.Max(0, InputTokens - other.InputTokens)
        + long.Max(0, OutputTokens - other.OutputTokens)
        + long.Max(0, CacheCreationTokens - other.CacheCreationTokens)
        + long.Max(0, CacheReadTokens - other.CacheReadTokens);

    public long CostApart(DaySums other) => long.Abs(CostIngested - other.CostIngested) + long.Abs(CostEffective - other.CostEffective);
}

namespace Ingest.Simulator.Daemon;

/// <summary>One row of the device's daily rollups. A change makes a new one, so that rows read for a pass stay as they were read.</summary>
internal sealed record Rollup
{
    public required long MessageCount { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long CacheCreationTokens { get; init; }

    public long CacheReadTokens { get; init; }

    public double CostEffective { get; init; }

    public double CostIngested { get; init; }

    /// <summary>Messages and tokens: what a server must neither lose nor double.</summary>
    public long Units => MessageCount + InputTokens + OutputTokens + CacheCreationTokens + CacheReadTokens;

    /// <summary>Such a row no server stores: a count below zero, or a cost that is more than float residue below it.</summary>
    public bool BreaksARule =>
        long.Min(long.Min(MessageCount, InputTokens), long.Min(OutputTokens, long.Min(CacheCreationTokens, CacheReadTokens))) < 0
        || double.Min(CostEffective, CostIngested) <= -0.01;

    public Rollup Plus(Rollup other) => new()
    {
        MessageCount = MessageCount + other.MessageCount,
        InputTokens = InputTokens + other.InputTokens,
        OutputTokens = OutputTokens + other.OutputTokens,
        CacheCreationTokens = CacheCreationTokens + other.CacheCreationTokens,
        CacheReadTokens = CacheReadTokens + other.CacheReadTokens,
        CostEffective = CostEffective + other.CostEffective,
        CostIngested = CostIngested + other.CostIngested,
    };
}

using Ingest.Bench.Load;

namespace Ingest.Bench.Measuring;

/// <summary>What one run of one scenario showed.</summary>
internal sealed record Figures
{
    /// <summary>Requests a second, or transactions of the floor.</summary>
    public required double PerSecond { get; init; }

    /// <summary>Requests in all, by which costs are divided.</summary>
    public required double Requests { get; init; }

    /// <summary>Null for the floor.</summary>
    public required LoadResult? Load { get; init; }

    public required WalBytes Wal { get; init; }

    /// <summary>Null where they were not waited for.</summary>
    public required StoredCounts? Counts { get; init; }

    /// <summary>Processor seconds; of the floor, the generator is pgbench.</summary>
    public required double? ServiceSeconds { get; init; }

    public required double PostgresSeconds { get; init; }

    public required double GeneratorSeconds { get; init; }

    /// <summary>Bytes; null for the floor.</summary>
    public required long? PeakMemory { get; init; }
}

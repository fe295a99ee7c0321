using Ingest.Bench.Measuring;

namespace Ingest.Bench.Reports;

/// <summary>What one run of one scenario showed, as it is reported. Costs are for one request.</summary>
internal sealed record Shown
{
    public required double PerSecond { get; init; }

    public double? P50Ms { get; init; }

    public double? P99Ms { get; init; }

    public double? P999Ms { get; init; }

    public IReadOnlyDictionary<string, int>? Answers { get; init; }

    /// <summary>Requests that were due and not sent, as all connections were waiting.</summary>
    public long Unsent { get; init; }

    public double RowsChanged { get; init; }

    public double RowsUnchanged { get; init; }

    public double WalBytes { get; init; }

    public double? WalImageBytes { get; init; }

    public double? RowsInserted { get; init; }

    public double? RowsUpdated { get; init; }

    public double? RowsHotUpdated { get; init; }

    public double? RowsDead { get; init; }

    public double? LedgerRowsWritten { get; init; }

    public double? ServiceMicroseconds { get; init; }

    public double PostgresMicroseconds { get; init; }

    public double GeneratorMicroseconds { get; init; }

    public long? PeakMemoryBytes { get; init; }

    /// <summary>What went otherwise than it may.</summary>
    public string? Complaint { get; init; }

    public static Shown Of(Figures figures, string? complaint)
    {
        var requests = Math.Max(1, figures.Requests);
        var load = figures.Load;
        return new Shown
        {
            PerSecond = figures.PerSecond,
            P50Ms = load?.Latencies.Percentile(0.5),
            P99Ms = load?.Latencies.Percentile(0.99),
            P999Ms = load?.Latencies.Percentile(0.999),
            Answers = load?.Statuses.ToDictionary(answers => $"{answers.Key}", answers => answers.Value, StringComparer.Ordinal),
            Unsent = load?.Unsent ?? 0,
            RowsChanged = (load?.Changed ?? 0) / requests,
            RowsUnchanged = (load?.Unchanged ?? 0) / requests,
            WalBytes = figures.Wal.Records / requests,
            WalImageBytes = figures.Wal.Images / requests,
            RowsInserted = figures.Counts?.Data.Inserted / requests,
            RowsUpdated = figures.Counts?.Data.Updated / requests,
            RowsHotUpdated = figures.Counts?.Data.HotUpdated / requests,
            RowsDead = figures.Counts?.Data.Dead / requests,
            LedgerRowsWritten = figures.Counts?.Ledger.Written / requests,
            ServiceMicroseconds = figures.ServiceSeconds * 1e6 / requests,
            PostgresMicroseconds = figures.PostgresSeconds * 1e6 / requests,
            GeneratorMicroseconds = figures.GeneratorSeconds * 1e6 / requests,
            PeakMemoryBytes = figures.PeakMemory,
            Complaint = complaint,
        };
    }
}

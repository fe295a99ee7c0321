using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>Something that is measured, by its name on the command line and in the report.</summary>
internal abstract class Scenario(string name)
{
    public string Name => name;

    /// <param name="stage">Where.</param>
    /// <param name="round">What this round has shown so far.</param>
    /// <param name="withCounts">Whether to wait for counts of rows; they are the same in every round.</param>
    /// <param name="cancellation">Ends it.</param>
    public abstract Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation);

    /// <summary>What went otherwise than a scenario may go, or null.</summary>
    public virtual string? Complaint(Figures figures) => figures.Load is { } load && load.Wrong + load.Refused > 0
        ? $"{load.Wrong} answers were wrong and {load.Refused} refused, the first: {load.Example}"
        : figures.Requests == 0 ? "nothing was answered" : null;

    /// <summary>Begins like every run: a checkpoint, so that all pay for the same full-page images, and once around the fleet, so that they pay before.</summary>
    protected static async Task WarmUpAsync(Stage stage, LoadGenerator generator, Workload workload, CancellationToken cancellation)
    {
        await stage.Meter.CheckpointAsync(cancellation);
        await generator.RunAsync(workload, new Pace.Once(), cancellation);
    }
}

using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>Changed envelopes at twice the rate the service can take, over so many connections that it is the service that has to refuse.</summary>
internal sealed class OverloadScenario() : Scenario(ScenarioNames.Overload)
{
    public override async Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation)
    {
        var rate = await round.MaximumAsync(stage, cancellation) * 2;
        using var generator = new LoadGenerator(stage.Addresses, stage.ManyConnections);
        return await stage.Meter.MeasureAsync(
            generator, Workloads.Changed(stage.Fleet), new Pace.Rate(rate, stage.Duration), withCounts: false, cancellation);
    }

    /// <summary>Refusals that say when to come back are what is wanted here.</summary>
    public override string? Complaint(Figures figures) => figures.Load is { Wrong: > 0 } load
        ? $"{load.Wrong} answers were wrong, the first: {load.Example}"
        : figures.Load!.Statuses.GetValueOrDefault(200) == 0 ? "nothing was accepted" : null;
}

using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>Changed envelopes at half the rate the service can take, counted from when each was due.</summary>
internal sealed class HalfScenario() : Scenario(ScenarioNames.Half)
{
    public override async Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation)
    {
        var rate = await round.MaximumAsync(stage, cancellation) / 2;
        var workload = Workloads.Changed(stage.Fleet);
        using var generator = new LoadGenerator(stage.Addresses, stage.Connections);
        await WarmUpAsync(stage, generator, workload, cancellation);
        await stage.UntilCompiledAsync(generator, workload, cancellation);
        return await stage.Meter.MeasureAsync(generator, workload, new Pace.Rate(rate, stage.Duration), withCounts: false, cancellation);
    }
}

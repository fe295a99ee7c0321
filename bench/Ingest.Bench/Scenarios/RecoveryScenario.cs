using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>Changed envelopes right after the overload, before anything else: nothing of it may be left.</summary>
internal sealed class RecoveryScenario() : Scenario(ScenarioNames.Recovery)
{
    public override async Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation)
    {
        using var generator = new LoadGenerator(stage.Addresses, stage.Connections);
        return await stage.Meter.MeasureAsync(generator, Workloads.Changed(stage.Fleet), new Pace.For(stage.Duration), withCounts: false, cancellation);
    }
}

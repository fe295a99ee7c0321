using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>As many requests as the service answers, each connection sending when it has its answer.</summary>
/// <param name="workloadOf">What is sent.</param>
/// <param name="writes">Whether it writes, or only reads.</param>
/// <param name="connections">How many connections; 0 for as many as asked for.</param>
internal sealed class LoadScenario(string name, Func<Fleet, Workload> workloadOf, bool writes, int connections = 0) : Scenario(name)
{
    public override async Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation)
    {
        var workload = workloadOf(stage.Fleet);
        using (var warming = new LoadGenerator(stage.Addresses, stage.Connections))
        {
            if (writes) await WarmUpAsync(stage, warming, workload, cancellation);
            else await warming.RunAsync(workload, new Pace.For(stage.Duration / 4), cancellation);
            await stage.UntilCompiledAsync(warming, workload, cancellation);
        }

        using var generator = new LoadGenerator(stage.Addresses, connections == 0 ? stage.Connections : connections);
        return await stage.Meter.MeasureAsync(generator, workload, new Pace.For(stage.Duration), withCounts && writes && connections == 0, cancellation);
    }
}

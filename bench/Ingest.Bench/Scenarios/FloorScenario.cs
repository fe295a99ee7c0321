using Ingest.Bench.Cluster;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>Postgres by itself.</summary>
/// <param name="name">Its name.</param>
/// <param name="isOneStatement">Both UPSERTs as one statement, which saves three round trips and no client writes; else a transaction of two.</param>
internal sealed class FloorScenario(string name, bool isOneStatement) : Scenario(name)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public override async Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation)
    {
        var floor = new Floor(stage.Database, stage.Fleet, isOneStatement);
        await stage.Meter.CheckpointAsync(cancellation);
        await floor.RunAsync(WarmUp < stage.Duration ? WarmUp : stage.Duration, cancellation);
        return await stage.Meter.MeasureAsync(
            async stop =>
            {
                var (perSecond, transactions) = await floor.RunAsync(stage.Duration, stop);
                return (perSecond, transactions, null);
            },
            withCounts,
            cancellation);
    }
}

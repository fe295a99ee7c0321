using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>Histories of new devices, 500 new rows in each envelope.</summary>
internal sealed class BackfillScenario() : Scenario("backfill")
{
    public override async Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation)
    {
        using var generator = new LoadGenerator(stage.Addresses, stage.Connections);
        var workload = new BackfillWorkload(stage.Fleet, stage.TakeNewDevices(stage.Connections));
        await WarmUpAsync(stage, generator, workload, cancellation);
        try
        {
            return await stage.Meter.MeasureAsync(generator, workload, new Pace.For(stage.Duration), withCounts, cancellation);
        }
        finally
        {
            // What it leaves behind would make every later scenario one on a larger database.
            await stage.Database.RemoveNewDevicesAsync(cancellation);
        }
    }
}

using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>Changed envelopes to one or more instances on one database, the fleet split by device over them.</summary>
internal sealed class InstancesScenario(string name, int instances) : Scenario(name)
{
    private string? _complaint;

    public override async Task<Figures> RunAsync(Stage stage, Round round, bool withCounts, CancellationToken cancellation)
    {
        var addresses = stage.Addresses.Take(instances).ToList();
        var workload = Workloads.Changed(stage.Fleet);
        using var generator = new LoadGenerator(addresses, stage.Connections);
        await WarmUpAsync(stage, generator, workload, cancellation);
        await stage.UntilCompiledAsync(generator, workload, cancellation);
        if (instances == 1) return await stage.Meter.MeasureAsync(generator, workload, new Pace.For(stage.Duration), withCounts: false, cancellation);

        var number = stage.TakeNewDevices(1);
        var device = new FleetDevice(number, number % stage.Fleet.Workspaces, Fleet.NewDeviceIdEnd);
        var alternating = Workloads.Alternating(stage, device, addresses);
        try
        {
            return await stage.Meter.MeasureAsync(
                async stop =>
                {
                    using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
                    var other = alternating.RunAsync(over.Token);
                    try
                    {
                        var load = await generator.RunAsync(workload, new Pace.For(stage.Duration), stop);
                        return (load.PerSecond, load.Answers, load);
                    }
                    finally
                    {
                        await over.CancelAsync();
                        _complaint = await other;
                    }
                },
                withCounts: false,
                cancellation);
        }
        finally
        {
            await stage.Database.RemoveNewDevicesAsync(CancellationToken.None);
        }
    }

    public override string? Complaint(Figures figures) => base.Complaint(figures) ?? _complaint;
}

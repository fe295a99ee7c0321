using Ingest.Bench.Cluster;
using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench;

/// <summary>Starts what is measured, runs the scenarios in alternation, and says what came of it.</summary>
internal sealed class BenchRun(TextWriter output, TextWriter error)
{
    public async Task<int> RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var fleet = new Fleet(options.Devices, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        await using var cluster = await BenchCluster.StartAsync(cancellation);
        await using var database = await BenchDatabase.CreateAsync(cluster, "bench", fleet, cancellation);
        await using var service = await ServiceProcess.StartAsync(options.Service, database.ConnectionString, cancellation);
        var meter = new Meter(database, [service]);
        var template = EnvelopeTemplate.Of([(fleet.Today, 20)], 5, EnvelopeRequest.SyncedPlaceholder);
        var changed = new EnvelopeWorkload(fleet, template, changes: true, (25, 0));
        using var generator = new LoadGenerator([service.Address], options.Connections);
        var floor = new Floor(database, fleet);
        await error.WriteLineAsync($"body {template.Body.Length} bytes");
        await generator.RunAsync(changed, new Pace.Once(), cancellation);
        for (var round = 0; round < options.Rounds; round++)
        {
            await meter.CheckpointAsync(cancellation);
            await floor.RunAsync(TimeSpan.FromSeconds(2), 16, cancellation);
            var last = round == options.Rounds - 1;
            var a = await meter.MeasureAsync(
                async stop =>
                {
                    var perSecond = await floor.RunAsync(options.Duration, 16, stop);
                    return (perSecond, perSecond * options.Duration.TotalSeconds, null);
                },
                last,
                cancellation);
            await Tell("floor", a);
            await meter.CheckpointAsync(cancellation);
            await generator.RunAsync(changed, new Pace.Once(), cancellation);
            var b = await meter.MeasureAsync(
                async stop =>
                {
                    var load = await generator.RunAsync(changed, new Pace.For(options.Duration), stop);
                    return (load.PerSecond, load.Answers, load);
                },
                last,
                cancellation);
            await Tell("changed", b);
            await output.WriteLineAsync($"ratio {b.PerSecond / a.PerSecond:0.000}");
        }

        return BenchCommand.AsExpected;
    }

    private async Task Tell(string name, Figures f)
    {
        string Per(double? value) => value is null ? "-" : (value.Value / f.Requests).ToString("0.0");
        await output.WriteLineAsync(
            $"{name}: {f.PerSecond:0}/s p50 {f.Load?.Latencies.Percentile(0.5):0.0} p99 {f.Load?.Latencies.Percentile(0.99):0.0} p99.9 {f.Load?.Latencies.Percentile(0.999):0.0} ms, "
            + $"wal {Per(f.Wal.Records)} + fpi {Per(f.Wal.Images)} B, cpu us service {Per(f.ServiceSeconds * 1e6)} postgres {Per(f.PostgresSeconds * 1e6)} generator {Per(f.GeneratorSeconds * 1e6)}, "
            + $"peak {f.PeakMemory / 1048576.0:0} MiB, ins {Per(f.Counts?.Inserted)} upd {Per(f.Counts?.Updated)} hot {Per(f.Counts?.HotUpdated)} dead {Per(f.Counts?.Dead)}");
        if (f.Load is not { } load) return;
        await output.WriteLineAsync($"  {string.Join(", ", load.Statuses.Select(s => $"{s.Key}: {s.Value}"))}; changed {load.Changed} unchanged {load.Unchanged} mismatches {load.Mismatches} {load.Unexpected}");
    }
}

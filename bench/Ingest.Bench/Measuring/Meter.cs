using Ingest.Bench.Cluster;
using Ingest.Bench.Load;

namespace Ingest.Bench.Measuring;

/// <summary>Takes the figures of one run: everything before it, and everything once it has settled.</summary>
internal sealed class Meter(BenchDatabase database, IReadOnlyList<ServiceProcess> services, Patience patience)
{
    private readonly DatabaseMeter _database = new(database, patience);

    /// <param name="run">The load; returns requests a second, requests in all and, of a service, what came of them.</param>
    /// <param name="withCounts">Whether to wait for the counts of rows, which takes ten seconds.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<Figures> MeasureAsync(
        Func<CancellationToken, Task<(double PerSecond, double Requests, LoadResult? Load)>> run, bool withCounts, CancellationToken cancellation)
    {
        await _database.SettleAsync(cancellation);
        var countsBefore = withCounts ? await _database.CountsAsync(cancellation) : null;
        var isPeakOwn = services.All(service => ProcessTree.ResetPeakMemory(service.ProcessId));
        var place = await _database.PlaceAsync(cancellation);
        var before = Used();
        var (perSecond, requests, load) = await run(cancellation);

        // Looking whether all has settled is no part of the load.
        var generator = ProcessTree.OwnSeconds(Environment.ProcessId) - before.Generator;
        await _database.SettleAsync(cancellation);
        var after = Used();
        var wal = await _database.WalAsync(place, await _database.PlaceAsync(cancellation), cancellation);
        var isService = load is not null;
        return new Figures
        {
            PerSecond = perSecond,
            Requests = requests,
            Load = load,
            Wal = wal,
            Counts = countsBefore is null ? null : (await _database.CountsAsync(cancellation)).Since(countsBefore),
            ServiceSeconds = isService ? after.Service - before.Service : null,
            PostgresSeconds = after.Postgres - before.Postgres,
            GeneratorSeconds = generator,
            PeakMemory = isService && isPeakOwn ? services.Max(service => ProcessTree.PeakMemory(service.ProcessId)) : null,
        };
    }

    public Task<Figures> MeasureAsync(LoadGenerator generator, Workload workload, Pace pace, bool withCounts, CancellationToken cancellation) => MeasureAsync(
        async stop =>
        {
            var load = await generator.RunAsync(workload, pace, stop);
            return (load.PerSecond, load.Answers, load);
        },
        withCounts,
        cancellation);

    public Task CheckpointAsync(CancellationToken cancellation) => _database.CheckpointAsync(cancellation);

    /// <summary>The generator is this process and, for the floor, its child.</summary>
    private (double Service, double Postgres, double Generator) Used()
    {
        var service = services.Sum(one => ProcessTree.ProcessorSeconds(one.ProcessId));
        return (service, ProcessTree.ProcessorSeconds(database.Cluster.ServerProcess), ProcessTree.OwnSeconds(Environment.ProcessId));
    }
}

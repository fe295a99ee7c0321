using System.Net;
using Ingest.Bench.Cluster;
using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>A database of some size with a service on it, and the fleet that posts to it.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const string CompilerThread = ".NET Tiered Com";

    /// <summary>The part of the time in which the compiler works on the odd method that became hot late.</summary>
    private const double CompilerAtRest = 0.05;

    private const int MostSlices = 20;

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    private readonly List<ServiceProcess> _services = [];
    private readonly BenchOptions _options;
    private int _newDevices;

    private Stage(BenchOptions options, BenchDatabase database, Fleet fleet, long rows)
    {
        (_options, Database, Fleet, Rows) = (options, database, fleet, rows);
        Meter = new Meter(database, _services, options.IsQuick ? Patience.None : Patience.Usual);
    }

    public BenchDatabase Database { get; }

    public Fleet Fleet { get; }

    /// <summary>Stored rollups of history.</summary>
    public long Rows { get; }

    public Meter Meter { get; }

    public TimeSpan Duration => _options.Duration;

    public int Connections => _options.Connections;

    /// <summary>More connections than any bounded queue has places; each has devices of its own.</summary>
    public int ManyConnections => Math.Min(Fleet.Devices.Count, 1024);

    private double CompilerSeconds => _services.Sum(service => ProcessTree.ThreadSeconds(service.ProcessId, CompilerThread));

    public IReadOnlyList<IPEndPoint> Addresses => [.. _services.Select(service => service.Address)];

    /// <summary>
    /// Lets the load go on until the services have compiled what it runs: a service that is new compiles for seconds what it runs often, beside its work.
    /// </summary>
    public async Task UntilCompiledAsync(LoadGenerator generator, Workload workload, CancellationToken cancellation)
    {
        if (_options.IsQuick) return;
        for (var (compiled, slice) = (CompilerSeconds, 0); slice < MostSlices; slice++)
        {
            await generator.RunAsync(workload, new Pace.For(Slice), cancellation);
            var before = compiled;
            compiled = CompilerSeconds;
            if (compiled - before < Slice.TotalSeconds * CompilerAtRest) return;
        }
    }

    /// <summary>Makes the database, starts the service and lets the fleet say what it has.</summary>
    public static async Task<Stage> PrepareAsync(BenchOptions options, BenchCluster cluster, Fleet fleet, long rows, CancellationToken cancellation)
    {
        var stage = new Stage(options, await BenchDatabase.CreateAsync(cluster, $"bench_{rows}", fleet, rows, cancellation), fleet, rows);
        try
        {
            await stage.AddServiceAsync(cancellation);

            // A server that is new would come to know its tables within minutes; a run is shorter than that.
            await stage.Database.ExecuteAsync("VACUUM ANALYZE", cancellation);
            await stage.AlignAsync(stage.Addresses, cancellation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts another instance on the same database.</summary>
    public async Task AddServiceAsync(CancellationToken cancellation)
    {
        _services.Add(await ServiceProcess.StartAsync(_options.Service, Database.ConnectionString, cancellation));
        await AlignAsync([_services[^1].Address], cancellation);
    }

    /// <summary>Stops the instance that was added last.</summary>
    public async Task RemoveServiceAsync()
    {
        var last = _services[^1];
        _services.RemoveAt(_services.Count - 1);
        await last.DisposeAsync();
    }

    /// <summary>Numbers of devices that the server has not met.</summary>
    public int TakeNewDevices(int count)
    {
        var first = Fleet.Devices.Count + _newDevices;
        _newDevices += count;
        return first;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services) await service.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Lets every device say what it has, by which the service compiles what it will run.</summary>
    private async Task AlignAsync(IReadOnlyList<IPEndPoint> addresses, CancellationToken cancellation)
    {
        using var generator = new LoadGenerator(addresses, Connections);
        var result = await generator.RunAsync(Workloads.Changed(Fleet), new Pace.Once(), cancellation);
        if (result.Wrong + result.Refused > 0) throw new BenchException($"The fleet was not taken: {result.Example}");
    }
}

using Ingest.Persistence.Cluster;
using Ingest.Persistence.Migrations;
using Ingest.Testing.Postgres;
using Npgsql;

namespace Ingest.Faults.Tests.Database;

/// <summary>A Postgres of the test's own, durable as in production, which somebody else than the service looks after.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private readonly ClusterOptions _options;
    private LocalCluster? _cluster;

    private OwnPostgres(LocalCluster cluster, ClusterOptions options)
    {
        (_cluster, _options) = (cluster, options);
        ConnectionString = cluster.ConnectionString;
        Processes = new PostgresProcess(options.DataDirectory);
        DataSource = NpgsqlDataSource.Create(Processes.ConnectionString);
    }

    public string ConnectionString { get; }

    public PostgresProcess Processes { get; }

    /// <summary>Past the service; each connection is a new one.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>A folder for a database that this process, or the service, makes there; skips where there are no programs to make it with.</summary>
    public static async Task<string> FolderAsync()
    {
        Assert.SkipUnless((await TestPostgres.ServerAsync()).Rung.Contains("local binaries"), "There are no local binaries to start a cluster from.");
        return Path.Combine(Path.GetTempPath(), $"ingest-faults-{Guid.NewGuid():N}"[..24]);
    }

    /// <summary>Runs, and has the schema.</summary>
    public static async Task<OwnPostgres> StartNewAsync()
    {
        var options = new ClusterOptions(await FolderAsync());
        var postgres = new OwnPostgres(await LocalCluster.StartAsync(options), options);
        await Migrator.MigrateAsync(postgres.DataSource);
        return postgres;
    }

    public async Task StartAsync() => _cluster = await LocalCluster.StartAsync(_options);

    public async Task StopAsync()
    {
        if (_cluster is null) return;
        await _cluster.DisposeAsync();
        _cluster = null;
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await StopAsync();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }
}

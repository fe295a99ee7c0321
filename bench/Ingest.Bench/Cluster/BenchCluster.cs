using Ingest.Persistence.Cluster;
using Npgsql;

namespace Ingest.Bench.Cluster;

/// <summary>A Postgres of the benchmark's own, with the product's own settings, durable as in production; stopped and removed at the end.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private const string Prefix = "ingest-bench-";

    private readonly LocalCluster _cluster;
    private readonly string _folder;

    private BenchCluster(LocalCluster cluster, string folder, PostgresBinaries binaries)
    {
        (_cluster, _folder) = (cluster, folder);
        Programs = binaries.Folder;
        Administrator = NpgsqlDataSource.Create(cluster.AdministratorConnectionString);
        ServerProcess = Postmaster.Read(new ClusterLayout(folder).Cluster)?.ProcessId
            ?? throw new BenchException("The cluster does not say which process it is.");
    }

    public NpgsqlDataSource Administrator { get; }

    /// <summary>The folder of <c>pgbench</c>.</summary>
    public string Programs { get; }

    public int ServerProcess { get; }

    public string Folder => _folder;

    public static async Task<BenchCluster> StartAsync(CancellationToken cancellation)
    {
        var folder = Path.Combine(Path.GetTempPath(), Prefix + Guid.NewGuid().ToString("N")[..12]);
        try
        {
            var binaries = await PostgresBinaries.FindAsync(configured: null, dataMajor: null, folders: null, cancellation);
            var cluster = await LocalCluster.StartAsync(new ClusterOptions(folder, binaries.Folder), cancellation: cancellation);
            return new BenchCluster(cluster, folder, binaries);
        }
        catch
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>As the service's account, or as the superuser.</summary>
    public string ConnectionTo(string database, bool asAdministrator = false) =>
        new NpgsqlConnectionStringBuilder(asAdministrator ? _cluster.AdministratorConnectionString : _cluster.ConnectionString)
        {
            Database = database,
        }.ConnectionString;

    /// <summary>Makes an empty database that belongs to the service's account.</summary>
    public async Task CreateDatabaseAsync(string name, CancellationToken cancellation)
    {
        var owner = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString).Username;
        await using var command = Administrator.CreateCommand($"CREATE DATABASE {name} OWNER {owner}");
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Administrator.DisposeAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

using System.Data.Common;
using Ingest.Api.Configuration;
using Ingest.Persistence.Cluster;
using Npgsql;

namespace Ingest.Api.Startup;

/// <summary>The database the service runs on: the configured one, or the private cluster, which lives and ends with the service.</summary>
internal sealed class ServerDatabase : IAsyncDisposable
{
    private const int LargestPool = 40;

    private readonly LocalCluster? _cluster;

    private ServerDatabase(NpgsqlDataSource source, LocalCluster? cluster) => (Source, _cluster) = (source, cluster);

    public NpgsqlDataSource Source { get; }

    public bool IsEmbedded => _cluster is not null;

    public string? DataDirectory => _cluster?.DataDirectory;

    public static async Task<ServerDatabase> OpenAsync(IngestSettings settings, ILogger logger, CancellationToken cancellation)
    {
        if (settings.ConnectionString is { } configured) return new ServerDatabase(Connect(configured), null);
        var cluster = await LocalCluster.StartAsync(settings.Embedded.Cluster, logger, cancellation);
        return new ServerDatabase(Connect(cluster.ConnectionString), cluster);
    }

    /// <summary>Starts the private cluster again where it has died; of any other database somebody else takes care.</summary>
    public Task ReviveAsync(CancellationToken cancellation) => _cluster?.ReviveAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>Statements of the write path are few and always the same: prepared once a connection, they are planned once.</summary>
    private static NpgsqlDataSource Connect(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var options = builder.ConnectionStringBuilder;
        options.ApplicationName ??= "ingest";
        if (options.MaxAutoPrepare == 0) options.MaxAutoPrepare = 64;
        options.AutoPrepareMinUsages = 2;

        // Postgres takes 100 by default; all of them for one instance would leave none for verbs, backups and a second instance.
        var asWritten = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!asWritten.ContainsKey("Maximum Pool Size") && !asWritten.ContainsKey("MaxPoolSize")) options.MaxPoolSize = LargestPool;
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}

using Ingest.Api.Configuration;
using Ingest.Persistence;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Cluster;

namespace Ingest.Api.Operator;

/// <summary>The configured database for the length of one verb: the embedded cluster is used where it runs, and else started and stopped again.</summary>
internal sealed class OperatorSession : IAsyncDisposable
{
    private readonly LocalCluster? _cluster;

    private OperatorSession(IngestSettings settings, LocalCluster? cluster, OperatorDatabase database, TimeProvider time)
    {
        (Settings, _cluster, Database) = (settings, cluster, database);

        // The one place that says as whom backups are taken and restored.
        Backups = new DatabaseBackups(cluster?.BackupConnectionString ?? settings.ConnectionString!, settings.Embedded.BinDirectory, time);
    }

    public IngestSettings Settings { get; }

    public OperatorDatabase Database { get; }

    public DatabaseBackups Backups { get; }

    public static async Task<OperatorSession> OpenAsync(IngestSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        if (settings.ConnectionString is { } configured)
            return new OperatorSession(settings, null, new OperatorDatabase(configured, time), time);

        var cluster = await LocalCluster.AttachOrStartAsync(settings.Embedded.Cluster, cancellation: cancellation);
        return new OperatorSession(settings, cluster, new OperatorDatabase(cluster.ConnectionString, time), time);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}

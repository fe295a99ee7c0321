using Ingest.Api.Configuration;
using Ingest.Persistence;
using Ingest.Persistence.Cluster;

namespace Ingest.Api.Operator;

/// <summary>The configured database for the length of one verb: the embedded cluster is used where it runs, and else started and stopped again.</summary>
internal sealed class OperatorSession : IAsyncDisposable
{
    private readonly LocalCluster? _cluster;

    private OperatorSession(IngestSettings settings, LocalCluster? cluster, OperatorDatabase database) =>
        (Settings, _cluster, Database) = (settings, cluster, database);

    public IngestSettings Settings { get; }

    public OperatorDatabase Database { get; }

    public static async Task<OperatorSession> OpenAsync(IngestSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        if (settings.ConnectionString is { } configured)
            return new OperatorSession(settings, null, new OperatorDatabase(configured, time));

        var cluster = await LocalCluster.AttachOrStartAsync(settings.Embedded.Cluster, cancellation: cancellation);
        return new OperatorSession(settings, cluster, new OperatorDatabase(cluster.ConnectionString, time));
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}

namespace Ingest.Api.Health;

/// <summary>Holds what was reported last.</summary>
internal sealed class ServerReadiness : IServerReadiness
{
    private Readiness _current = new Readiness.Starting();

    public ServerReadiness(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.Register(() => Report(new Readiness.Stopping()));

    public Readiness Current => Volatile.Read(ref _current);

    /// <summary>Nothing comes after stopping: a probe that was under way would otherwise call clients back to a server that goes.</summary>
    public void Report(Readiness readiness)
    {
        var before = Current;
        while (before is not Readiness.Stopping)
        {
            var found = Interlocked.CompareExchange(ref _current, readiness, before);
            if (ReferenceEquals(found, before))
                return;
            before = found;
        }
    }
}

namespace Ingest.Simulator.Servers;

/// <summary>The servers of a run, by role; those it started itself it stops.</summary>
internal sealed class ServerSet(IReadOnlyDictionary<ServerRole, IServer> servers) : IAsyncDisposable
{
    public IReadOnlyDictionary<ServerRole, IServer> Servers => servers;

    /// <summary>Starts services of one's own.</summary>
    public static async Task<ServerSet> OwnAsync(ServiceAssembly service, IEnumerable<ServerRole> roles, string rulesOff, CancellationToken cancellation)
    {
        var servers = new Dictionary<ServerRole, IServer>();
        try
        {
            foreach (var role in roles) servers[role] = await OwnServer.StartAsync(service, rulesOff, cancellation);
            return new ServerSet(servers);
        }
        catch
        {
            await new ServerSet(servers).DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values.OfType<IAsyncDisposable>()) await server.DisposeAsync();
    }
}

namespace Ingest.Simulator.Servers;

/// <summary>A server that somebody else runs.</summary>
internal sealed record GivenServer(Uri Address, string WorkspaceId, string Key, IServerClock Clock) : IServer
{
    public IServerBackup? Backup => null;
}

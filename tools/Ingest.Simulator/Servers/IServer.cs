namespace Ingest.Simulator.Servers;

/// <summary>A server under test, however it is run.</summary>
internal interface IServer
{
    /// <summary>Ends with a slash.</summary>
    Uri Address { get; }

    string WorkspaceId { get; }

    string Key { get; }

    IServerClock Clock { get; }

    /// <summary>Null where nobody can take it back to a backup.</summary>
    IServerBackup? Backup { get; }
}

namespace Ingest.Simulator.Servers;

/// <summary>What a server is needed for.</summary>
internal enum ServerRole
{
    /// <summary>Most devices sync here.</summary>
    Main,

    /// <summary>Is taken back to a backup in the middle of the run.</summary>
    Restored,

    /// <summary>Is empty when devices that synced elsewhere come to it.</summary>
    Other,
}

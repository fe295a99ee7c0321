namespace Ingest.Domain.Health;

/// <summary>How a device's sync is doing, worst last.</summary>
public enum SyncState
{
    /// <summary>In contact, and its last envelope was accepted.</summary>
    Healthy,

    /// <summary>Longer without contact than a working day explains.</summary>
    Late,

    /// <summary>So long without contact that somebody should look.</summary>
    Silent,

    /// <summary>Two machines use its id, and overwrite each other's rows.</summary>
    SharedId,

    /// <summary>In contact, but its envelopes are refused.</summary>
    Failing,

    /// <summary>Nothing of it was ever stored.</summary>
    Never,
}

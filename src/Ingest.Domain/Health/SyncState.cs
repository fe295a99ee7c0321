namespace Ingest.Domain.Health;

/// <summary>How a device's sync is doing, worst last; at the end what somebody decided.</summary>
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

    /// <summary>People of its workspace let it wait.</summary>
    Paused,

    /// <summary>People of its workspace want no more of it.</summary>
    Revoked,
}

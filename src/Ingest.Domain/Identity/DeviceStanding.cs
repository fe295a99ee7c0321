namespace Ingest.Domain.Identity;

/// <summary>Whether a device's envelopes are taken, as people of its workspace decided.</summary>
public enum DeviceStanding
{
    Active,

    /// <summary>For a while: it is told to come again, and keeps what it has.</summary>
    Paused,

    /// <summary>For good, or until somebody takes it back.</summary>
    Revoked,
}

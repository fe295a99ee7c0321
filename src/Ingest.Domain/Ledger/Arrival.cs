namespace Ingest.Domain.Ledger;

/// <summary>An envelope and the circumstances it is decided in.</summary>
public sealed record Arrival
{
    public required ReceivedEnvelope Received { get; init; }

    /// <summary>The device's clock after this envelope was observed.</summary>
    public required DeviceClock Clock { get; init; }

    /// <summary>Whether it came after one that was sent later.</summary>
    public required bool IsLate { get; init; }

    /// <summary>Whether the very same envelope came just before.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether the server can take a device's look-back now.</summary>
    public required bool MayLookBack { get; init; }

    /// <summary>Whether all its rows are known to stand there, just as it says them: then nothing was read to compare them with.</summary>
    public bool IsStoredAlready { get; init; }

    /// <summary>When the device brought it, where it comes out of quarantine: no daemon reads the answer, and none of its passes moves on. Otherwise null.</summary>
    public DateTimeOffset? BroughtAt { get; init; }

    public bool IsFromDevice => BroughtAt is null;
}

namespace Ingest.Persistence.Upkeep;

/// <summary>How long what is not data is kept.</summary>
/// <param name="AttemptDays">Attempts, counted from the last one that a row stands for.</param>
/// <param name="ChangeDays">What closed days held before they changed.</param>
/// <param name="QuarantineDays">Rows in quarantine, counted from when they last came with another content. What the device still has, it brings again.</param>
public sealed record RetentionPolicy(int AttemptDays, int ChangeDays, int QuarantineDays)
{
    /// <summary>Attempts of one device, however young they are.</summary>
    public const int AttemptsPerDevice = 2_000;

    /// <summary>What one closed day held before its changes, however lately they came.</summary>
    public const int VersionsPerDay = 20;

    /// <summary>Rewinds that have ended.</summary>
    public const int RewindDays = 90;
}

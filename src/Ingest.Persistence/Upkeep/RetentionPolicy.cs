namespace Ingest.Persistence.Upkeep;

/// <summary>How long what is not data is kept.</summary>
/// <param name="AttemptDays">Attempts, counted from the last one that a row stands for.</param>
/// <param name="ChangeDays">What closed days held before they changed.</param>
public sealed record RetentionPolicy(int AttemptDays, int ChangeDays)
{
    /// <summary>Attempts of one device, however young they are.</summary>
    public const int AttemptsPerDevice = 2_000;

    /// <summary>Rewinds that have ended.</summary>
    public const int RewindDays = 90;
}

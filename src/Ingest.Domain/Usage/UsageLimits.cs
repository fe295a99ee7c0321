namespace Ingest.Domain.Usage;

/// <summary>How much one answer adds up.</summary>
public static class UsageLimits
{
    public const int Days = 400;

    public const int DefaultDays = 30;

    /// <summary>Days times devices: they all travel in one answer.</summary>
    public const int Entries = 50_000;

    /// <summary>Devices named as holding back the rest.</summary>
    public const int HeldBackBy = 20;

    /// <summary>Pairs of devices named as possibly one.</summary>
    public const int PossibleDuplicates = 20;
}

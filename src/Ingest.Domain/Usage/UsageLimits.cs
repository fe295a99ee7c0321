namespace Ingest.Domain.Usage;

/// <summary>How much one answer adds up.</summary>
public static class UsageLimits
{
    public const int Days = 400;

    public const int DefaultDays = 30;

    /// <summary>By how many dimensions at once.</summary>
    public const int Dimensions = 2;

    /// <summary>Groups that are counted at all: as many as fit into memory without harm.</summary>
    public const int Groups = 1_000_000;

    /// <summary>Groups in one answer, the days of each counted as one; the others are one line together.</summary>
    public const int MostTop = 1_000;

    public const int DefaultTop = 100;

    /// <summary>Values of one filter.</summary>
    public const int FilterValues = 100;

    /// <summary>Devices named as holding back the rest.</summary>
    public const int HeldBackBy = 20;

    /// <summary>Pairs of devices named as possibly one.</summary>
    public const int PossibleDuplicates = 20;
}

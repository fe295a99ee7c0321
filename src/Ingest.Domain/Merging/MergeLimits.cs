namespace Ingest.Domain.Merging;

/// <summary>How much one answer names.</summary>
public static class MergeLimits
{
    /// <summary>Pairs of devices that may be one.</summary>
    public const int Candidates = 100;

    /// <summary>Days that both ids hold.</summary>
    public const int SharedDays = 400;
}

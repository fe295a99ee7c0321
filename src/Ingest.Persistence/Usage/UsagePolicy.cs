namespace Ingest.Persistence.Usage;

/// <summary>How usage is read.</summary>
/// <param name="CacheBytes">Memory for blocks that were read lately.</param>
/// <param name="DirectDeviceDays">Device-days that are read row by row: so few take less time than blocks do.</param>
public sealed record UsagePolicy(long CacheBytes, int DirectDeviceDays)
{
    /// <summary>Device-days of one day beside its block from which on the block is made anew.</summary>
    public int BesideBlock { get; init; } = 16;
}

namespace Ingest.Domain.Merging;

/// <summary>A merge that was taken back.</summary>
/// <param name="Merge">What was decided until then.</param>
/// <param name="Sums">Before and after.</param>
public sealed record UndoneMerge(DeviceMerge Merge, MergeSums Sums);

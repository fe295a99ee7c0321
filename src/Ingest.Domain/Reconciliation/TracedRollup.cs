using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Reconciliation;

/// <summary>A stored rollup, live or ghost, and where it came from.</summary>
/// <param name="Row">The row.</param>
/// <param name="AttemptId">The attempt that wrote it; null for rows written before that was noted.</param>
/// <param name="ReceivedAt">When that attempt arrived, while it is still among the stored attempts.</param>
/// <param name="GhostedAt">Since when the row is a ghost; null for a live one.</param>
public sealed record TracedRollup(DailyRollup Row, Guid? AttemptId, DateTimeOffset? ReceivedAt, DateTimeOffset? GhostedAt);

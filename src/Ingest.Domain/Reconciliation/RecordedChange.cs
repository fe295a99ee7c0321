using Ingest.Domain.Ledger;

namespace Ingest.Domain.Reconciliation;

/// <summary>One change of a closed day.</summary>
/// <param name="VersionId">Names what the day held before.</param>
/// <param name="Day">The day that changed.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Reasons">What the change did to the day, in the ledger's own words.</param>
/// <param name="AttemptId">The attempt that changed it.</param>
/// <param name="EarlierAttemptId">The attempt that had written what it held before.</param>
/// <param name="EarlierReceivedAt">When the device's snapshot of that had arrived.</param>
/// <param name="Before">Sums of its live rows before.</param>
/// <param name="After">Sums of its live rows after.</param>
public sealed record RecordedChange(
    Guid VersionId,
    DateOnly Day,
    DateTimeOffset ChangedAt,
    IReadOnlyList<string> Reasons,
    Guid AttemptId,
    Guid EarlierAttemptId,
    DateTimeOffset EarlierReceivedAt,
    DayTotals Before,
    DayTotals After);

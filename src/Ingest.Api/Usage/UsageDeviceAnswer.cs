using Ingest.Api.Queries;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Usage;

/// <summary>What one device used on one day.</summary>
/// <param name="Sums">Of the day's live rows; nothing where the day has expired.</param>
internal sealed record UsageDeviceAnswer(DayTotals Sums) : SumsAnswer(Sums)
{
    /// <summary>The device; of one with several ids, the one whose snapshot of the day counts.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Its name for people, if it sent one.</summary>
    public required string? Label { get; init; }

    /// <summary>The id it was merged into, which may have been merged into another one itself; null where it was not.</summary>
    public required string? MergedInto { get; init; }

    /// <summary>How far the day can be relied on, as the manifest of the device tells it.</summary>
    public required DayState State { get; init; }
}

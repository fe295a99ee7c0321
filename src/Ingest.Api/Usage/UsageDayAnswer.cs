using Ingest.Api.Queries;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Usage;

/// <summary>What was used on one day.</summary>
/// <param name="Sums">Of all devices.</param>
internal sealed record UsageDayAnswer(DayTotals Sums) : SumsAnswer(Sums)
{
    /// <summary>The UTC day.</summary>
    public required DateOnly BucketDay { get; init; }

    /// <summary>By device; those of which nothing is stored on this day, or nothing counts, are not in it.</summary>
    public required IReadOnlyList<UsageDeviceAnswer> Devices { get; init; }
}

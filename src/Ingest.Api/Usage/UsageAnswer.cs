using Ingest.Api.Queries;

namespace Ingest.Api.Usage;

/// <summary>What was used, by day and device, and up to where that is complete.</summary>
internal sealed record UsageAnswer
{
    /// <summary>The first UTC day.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The UTC day before which the range ends.</summary>
    public required DateOnly To { get; init; }

    /// <summary>The last day that is complete for every device asked for: later sums may still grow. Null where a device has none, or there is no device.</summary>
    public required DateOnly? CompleteThrough { get; init; }

    /// <summary>The devices that are not complete up to the newest closed day, worst first, at most 20 of them. An idle device is among them until it sends again.</summary>
    public required IReadOnlyList<HoldingDeviceAnswer> HeldBackBy { get; init; }

    /// <summary>How many such devices there are.</summary>
    public required int HeldBackCount { get; init; }

    /// <summary>Over all days and devices.</summary>
    public required SumsAnswer Totals { get; init; }

    /// <summary>Ascending; days without any usage are not in it.</summary>
    public required IReadOnlyList<UsageDayAnswer> Days { get; init; }
}

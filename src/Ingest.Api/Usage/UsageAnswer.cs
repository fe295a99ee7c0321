using Ingest.Api.Queries;

namespace Ingest.Api.Usage;

/// <summary>What was used, and up to where that is complete.</summary>
internal sealed record UsageAnswer
{
    /// <summary>The first UTC day.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The UTC day before which the range ends.</summary>
    public required DateOnly To { get; init; }

    /// <summary>What the sums are told apart by.</summary>
    public required IReadOnlyList<string> By { get; init; }

    /// <summary>The last day that is complete for every device asked for: later sums may still grow. Null where a device has none, or there is no device.</summary>
    public required DateOnly? CompleteThrough { get; init; }

    /// <summary>The devices that are not complete up to the newest closed day, worst first, at most 20 of them. An idle device is among them until it sends again.</summary>
    public required IReadOnlyList<HoldingDeviceAnswer> HeldBackBy { get; init; }

    /// <summary>How many such devices there are.</summary>
    public required int HeldBackCount { get; init; }

    /// <summary>Where one device was asked for by an id it had before: the id it was merged into. The sums are what counts from under the former one.</summary>
    public required string? MergedInto { get; init; }

    /// <summary>Devices of one person that hold the very same usage on some of these days, most equal days first, at most 20 pairs. Both are in the sums until somebody decides: <c>GET /v1/devices/duplicates</c>.</summary>
    public required IReadOnlyList<PossibleDuplicateAnswer> PossibleDuplicates { get; init; }

    /// <summary>How many such pairs there are; where several devices are equal, each is named beside the one met before it.</summary>
    public required int PossibleDuplicateCount { get; init; }

    /// <summary>Days of devices in the range that were removed by age, and are in no sum.</summary>
    public required int ExpiredDeviceDays { get; init; }

    /// <summary>Over all groups.</summary>
    public required SumsAnswer Totals { get; init; }

    /// <summary>The same of the as many days before; null where no comparison was asked for.</summary>
    public required UsagePreviousAnswer? Previous { get; init; }

    /// <summary>By day where sums are told apart by day, and the largest first. A group in which nothing was used is not among them.</summary>
    public required IReadOnlyList<UsageGroupAnswer> Groups { get; init; }

    /// <summary>The groups beyond <c>top</c>, added up: nothing where there are none, one line, or one for each day.</summary>
    public required IReadOnlyList<UsageRestAnswer> Rest { get; init; }
}

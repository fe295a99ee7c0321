using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>What was used, and how far that can be relied on.</summary>
/// <param name="Devices">All that the question is about, also those that used nothing, but an id that was merged into another only while it counts and is open: it never comes again otherwise, and need not.</param>
/// <param name="Groups">In no order. Those in which nothing was used, in the range or before it, are not among them.</param>
public sealed record UsageReport(IReadOnlyList<UsageDevice> Devices, IReadOnlyList<UsageGroup> Groups)
{
    /// <summary>Over all groups.</summary>
    /// <exception cref="OverflowException">A sum does not fit into 64 bits.</exception>
    public DayTotals Totals => DayTotals.Sum(Groups.Select(group => group.Sums));

    /// <summary>The same of the period before.</summary>
    /// <exception cref="OverflowException">A sum does not fit into 64 bits.</exception>
    public DayTotals PreviousTotals => DayTotals.Sum(Groups.Select(group => group.Previous));

    /// <summary>What people call the members and devices among the values.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Devices that may be one, most equal days first.</summary>
    public IReadOnlyList<PossibleDuplicate> PossibleDuplicates { get; init; } = [];

    /// <summary>Of the one device that was asked for, the id it was merged into.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Days of devices in the range that were removed by age: they are in no sum.</summary>
    public int ExpiredDeviceDays { get; init; }

    /// <summary>The last day that is complete for every device of which more may come, or null where one of them has none.</summary>
    public DateOnly? CompleteThrough => Awaited.Any(device => device.CompleteThrough is null) ? null : Awaited.Min(device => device.CompleteThrough);

    /// <summary>The devices that are not complete up to the newest closed day, worst first.</summary>
    public IReadOnlyList<UsageDevice> HeldBackBy(DateOnly closedThrough) =>
    [
        .. Awaited.Where(device => device.CompleteThrough is not { } through || through < closedThrough)
            .OrderBy(device => device.CompleteThrough ?? DateOnly.MinValue).ThenBy(device => device.DeviceId, StringComparer.Ordinal),
    ];

    private IEnumerable<UsageDevice> Awaited => Devices.Where(device => !device.IsRevoked);
}

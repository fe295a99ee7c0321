namespace Ingest.Domain.Usage;

/// <summary>What the ledger holds of some devices over some days.</summary>
/// <param name="Devices">All that the question is about, also those that used nothing, but an id that was merged into another only while it counts and is open: it never comes again otherwise, and need not.</param>
/// <param name="Entries">Those that count, by day, and within a day by device.</param>
public sealed record DeviceUsage(IReadOnlyList<UsageDevice> Devices, IReadOnlyList<UsageEntry> Entries)
{
    /// <summary>Devices that may be one, most equal days first.</summary>
    public IReadOnlyList<PossibleDuplicate> PossibleDuplicates { get; init; } = [];

    /// <summary>Of the one device that was asked for, the id it was merged into.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Whether there are more entries than were asked for at most: then the sums are not whole.</summary>
    public bool IsCut { get; init; }

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

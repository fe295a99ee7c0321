using Ingest.Domain.Ledger;

namespace Ingest.Domain.Health;

/// <summary>Everything status tells of a device, read from its own rows alone: the cost does not grow with what is stored.</summary>
public sealed record DeviceStatus
{
    public required string DeviceId { get; init; }

    public required string? Label { get; init; }

    public required DateOnly? ConfirmedDay { get; init; }

    /// <summary>Where its pass is: before the confirmed day while it sends its history again.</summary>
    public DateOnly? ContinuesAfter { get; init; }

    /// <summary>Null where it is not there any more, or nothing was ever received with it.</summary>
    public LastKey? LastKey { get; init; }

    public required DeviceFacts Facts { get; init; }

    public required DateTimeOffset? LastSeenAt { get; init; }

    public required TimeSpan? ClockSkew { get; init; }

    public required AttemptSummary? LastAttempt { get; init; }

    public required long RollupRows { get; init; }

    public required long SessionRows { get; init; }

    public required long WindowRows { get; init; }

    public required long QuarantinedRows { get; init; }

    public required DeviceRewinds Rewinds { get; init; }

    /// <summary>What a restored backup left open.</summary>
    public BackupGap? Gap { get; init; }

    /// <summary>The id it was merged into, where the caller may see that one.</summary>
    public string? MergedInto { get; init; }

    /// <summary>What it sent and may not, by name. Read where one device is asked for.</summary>
    public IReadOnlyList<DroppedFieldCount> DroppedFields { get; init; } = [];
}

namespace Ingest.Domain.Reconciliation;

/// <summary>What has befallen a device-day, and when; instants are the server's.</summary>
public sealed record DayMarks
{
    /// <summary>How often it went back to a content it held before.</summary>
    public int Flips { get; init; }

    public DateTimeOffset? FlippedAt { get; init; }

    public DateTimeOffset? ChangedAfterCloseAt { get; init; }

    public DateTimeOffset? ShrunkAt { get; init; }

    public DateTimeOffset? GoneAt { get; init; }

    public DateTimeOffset? ExpiredAt { get; init; }

    public DateTimeOffset? RestoredAt { get; init; }
}

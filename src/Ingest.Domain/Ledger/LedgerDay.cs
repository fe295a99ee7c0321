namespace Ingest.Domain.Ledger;

/// <summary>What the ledger knows of a device-day.</summary>
public sealed record LedgerDay
{
    public required DateOnly Day { get; init; }

    /// <summary>Of all live rows.</summary>
    public required DayDigest Digest { get; init; }

    public short DigestVersion { get; init; } = DayDigest.Version;

    /// <summary>What it was before its last change; of a restored day, what the device itself holds.</summary>
    public DayDigest? DigestBefore { get; init; }

    public required DayTotals Totals { get; init; }

    /// <summary>Live rows that the newest snapshot did not name.</summary>
    public int KeptRows { get; init; }

    public int GhostRows { get; init; }

    /// <summary>The envelope that changed it last.</summary>
    public required EnvelopeOrder Order { get; init; }

    /// <summary>
    /// When the device's own snapshot of it arrived. Rows out of quarantine, repairs and restorations do not make it newer: of a device with
    /// several ids, the newest snapshot counts.
    /// </summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public required Guid AttemptId { get; init; }

    /// <summary>How often it flipped between two contents, one flip soon after the other.</summary>
    public int Flips { get; init; }

    public DateTimeOffset? FlippedAt { get; init; }

    /// <summary>How often it changed after it was closed, one change soon after the other.</summary>
    public int Changes { get; init; }

    public DateTimeOffset? ChangedAfterCloseAt { get; init; }

    /// <summary>Set while its last change is one that made it smaller.</summary>
    public DateTimeOffset? ShrunkAt { get; init; }

    /// <summary>Since when the device, sending everything from before it to after it, no longer names it. Still counted.</summary>
    public DateTimeOffset? GoneAt { get; init; }

    /// <summary>Removed by retention: acknowledged, and not stored again.</summary>
    public DateTimeOffset? ExpiredAt { get; init; }

    /// <summary>An operator has put an earlier version back in its place.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>Whether two machines are at odds over the day, under one device id.</summary>
    public bool IsShared(DateTimeOffset now, LedgerPolicy policy) =>
        (Flips >= policy.FlipsOfSharedId || Changes >= policy.ChangesOfSharedId) && now - FlippedAt <= policy.QuietAfterFlips && policy.Applies(LedgerRules.SharedId);
}

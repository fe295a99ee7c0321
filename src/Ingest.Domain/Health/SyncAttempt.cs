using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;

namespace Ingest.Domain.Health;

/// <summary>One attempt to sync that got past authentication, whatever became of it.</summary>
public sealed record SyncAttempt
{
    /// <summary>How long equal attempts count as one. A time can then be looked up by when attempts began, and a day's silence tells from a day's calm.</summary>
    public static readonly TimeSpan LongestRepetition = TimeSpan.FromDays(1);

    public required string WorkspaceId { get; init; }

    /// <summary>Empty where the body did not say.</summary>
    public required string DeviceId { get; init; }

    public required Guid AttemptId { get; init; }

    public required Guid KeyId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public required int HttpStatus { get; init; }

    /// <summary>The error code, or null when the envelope was accepted.</summary>
    public string? Code { get; init; }

    public string? Detail { get; init; }

    public long BodyBytes { get; init; }

    public int? SchemaVersion { get; init; }

    public DateTimeOffset? SyncedAt { get; init; }

    public DateOnly? Watermark { get; init; }

    public int Rollups { get; init; }

    public int Sessions { get; init; }

    public int Windows { get; init; }

    public RowCounts Counts { get; init; }

    /// <summary>SHA-256 over the rejected rows of an envelope that had no usable one, refused or not: the very same rows again are quarantined (design §8).</summary>
    public byte[]? RejectedDigest { get; init; }

    /// <summary>Fields that stood in it and may not, if there were any.</summary>
    public DroppedFields? Dropped { get; init; }

    public bool IsAccepted => HttpStatus < 400;

    /// <summary>Whether this attempt tells nothing that <paramref name="before"/>, the first of those like it, did not, and belongs to the same time.</summary>
    public bool Repeats(SyncAttempt before) =>
        Counts.Changed == 0
        && ReceivedAt - before.ReceivedAt < LongestRepetition
        && before.Counts == Counts
        && before.HttpStatus == HttpStatus
        && before.Code == Code
        && before.Detail == Detail
        && before.KeyId == KeyId
        && before.SchemaVersion == SchemaVersion
        && before.Watermark == Watermark
        && (before.Rollups, before.Sessions, before.Windows) == (Rollups, Sessions, Windows)
        && before.RejectedDigest.AsSpan().SequenceEqual(RejectedDigest);
}

using Ingest.Domain.Health;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Attempts;

/// <summary>One attempt to sync, whatever became of it. Equal attempts in a row that changed nothing are one, with a count. Instants are the server's, in UTC.</summary>
internal sealed record SyncAttemptAnswer
{
    /// <summary>As the header <c>Ingest-Attempt-Id</c> named it; of several, the first one's.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>Null where the body did not say.</summary>
    public required string? DeviceId { get; init; }

    /// <summary>When the first of them arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When the last of them arrived.</summary>
    public required DateTimeOffset LastReceivedAt { get; init; }

    /// <summary>How many there were.</summary>
    public required int Attempts { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>The error code, or null when the envelope was accepted.</summary>
    public required string? Code { get; init; }

    /// <summary>The text of the refusal.</summary>
    public required string? Detail { get; init; }

    /// <summary>The envelope's version; null where nothing usable was read.</summary>
    public required int? SchemaVersion { get; init; }

    /// <summary>The device's clock when it sent.</summary>
    public required DateTimeOffset? SyncedAt { get; init; }

    /// <summary>How far <c>synced_at</c> was ahead of <c>received_at</c>, in milliseconds; below zero: behind.</summary>
    public required long? ClockSkewMs { get; init; }

    /// <summary>The watermark of the answer, <c>YYYY-MM-DD</c> in UTC.</summary>
    public required DateOnly? Watermark { get; init; }

    /// <summary>The size of the body, decompressed.</summary>
    public required long BodyBytes { get; init; }

    /// <summary>How long the answer took, in milliseconds.</summary>
    public required double DurationMs { get; init; }

    /// <summary>Usable rollups the envelope held.</summary>
    public required int Rollups { get; init; }

    /// <summary>Usable session summaries it held.</summary>
    public required int Sessions { get; init; }

    /// <summary>Usable window summaries it held.</summary>
    public required int Windows { get; init; }

    /// <summary>What became of the rows.</summary>
    public required RowCounts Rows { get; init; }

    /// <summary>The visible beginning of the key it was sent with.</summary>
    public required string? KeyPrefix { get; init; }

    public static SyncAttemptAnswer Of(AttemptRecord attempt) => new()
    {
        AttemptId = attempt.AttemptId,
        DeviceId = attempt.DeviceId.Length == 0 ? null : attempt.DeviceId,
        ReceivedAt = attempt.ReceivedAt,
        LastReceivedAt = attempt.LastReceivedAt,
        Attempts = attempt.Attempts,
        Status = attempt.HttpStatus,
        Code = attempt.Code,
        Detail = attempt.Detail,
        SchemaVersion = attempt.SchemaVersion,
        SyncedAt = attempt.SyncedAt,
        ClockSkewMs = (long?)(attempt.SyncedAt - attempt.ReceivedAt)?.TotalMilliseconds,
        Watermark = attempt.Watermark,
        BodyBytes = attempt.BodyBytes,
        DurationMs = attempt.Duration.TotalMilliseconds,
        Rollups = attempt.Rollups,
        Sessions = attempt.Sessions,
        Windows = attempt.Windows,
        Rows = attempt.Counts,
        KeyPrefix = attempt.KeyPrefix,
    };
}

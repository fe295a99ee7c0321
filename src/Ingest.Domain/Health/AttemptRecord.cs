using Ingest.Domain.Ledger;

namespace Ingest.Domain.Health;

/// <summary>An attempt as it is stored: equal ones in a row that changed nothing are one, with a count.</summary>
public sealed record AttemptRecord
{
    public required Guid AttemptId { get; init; }

    /// <summary>Empty where the body did not say.</summary>
    public required string DeviceId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset LastReceivedAt { get; init; }

    public required int Attempts { get; init; }

    public required int HttpStatus { get; init; }

    public required string? Code { get; init; }

    public required string? Detail { get; init; }

    public required int? SchemaVersion { get; init; }

    public required DateTimeOffset? SyncedAt { get; init; }

    public required DateOnly? Watermark { get; init; }

    public required long BodyBytes { get; init; }

    public required TimeSpan Duration { get; init; }

    public required int Rollups { get; init; }

    public required int Sessions { get; init; }

    public required int Windows { get; init; }

    public required RowCounts Counts { get; init; }

    /// <summary>Null when the key is no longer there.</summary>
    public required string? KeyPrefix { get; init; }
}

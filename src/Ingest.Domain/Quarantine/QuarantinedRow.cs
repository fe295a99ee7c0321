using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Quarantine;

/// <summary>A row that was put aside, as it is kept.</summary>
public sealed record QuarantinedRow
{
    public required Guid Id { get; init; }

    public required string DeviceId { get; init; }

    public required RowKind Kind { get; init; }

    /// <summary>Its day where that much could be read.</summary>
    public required DateOnly? BucketDay { get; init; }

    /// <summary>Where in its envelope the first rule was broken.</summary>
    public required string Path { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }

    /// <summary>The row as JSON, reduced to the contract's own fields; texts in it need not be well-formed.</summary>
    public required byte[] Raw { get; init; }

    public required int SchemaVersion { get; init; }

    /// <summary>As <see cref="Validation.RowRules.Version"/> was when it was rejected last.</summary>
    public required int RulesVersion { get; init; }

    public required Guid AttemptId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}

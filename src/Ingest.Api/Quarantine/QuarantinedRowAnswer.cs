using Ingest.Api.Reconciliation;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Quarantine;

namespace Ingest.Api.Quarantine;

/// <summary>A row that breaks a rule, and why.</summary>
internal sealed record QuarantinedRowAnswer
{
    /// <summary>Stays the same while the device sends the row again.</summary>
    public required Guid Id { get; init; }

    /// <summary>The device that sent it.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The array of the payload it stood in.</summary>
    public required string Kind { get; init; }

    /// <summary>Its day, <c>YYYY-MM-DD</c> in UTC, where that much could be read.</summary>
    public required DateOnly? BucketDay { get; init; }

    /// <summary>Where in its envelope the first rule was broken, as a JSON path.</summary>
    public required string Path { get; init; }

    /// <summary>Which rule that was.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public required string Message { get; init; }

    /// <summary>The row as it was sent, reduced to the fields of the contract.</summary>
    public required RawRow Row { get; init; }

    /// <summary>The version of its envelope.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The version of the rules that rejected it last; newer ones try it again when the server starts.</summary>
    public required int RulesVersion { get; init; }

    /// <summary>The attempt that brought it.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>When that attempt arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public static QuarantinedRowAnswer Of(QuarantinedRow row) => new()
    {
        Id = row.Id,
        DeviceId = row.DeviceId,
        Kind = row.Kind.WireName(),
        BucketDay = row.BucketDay,
        Path = row.Path,
        Code = row.Code,
        Message = row.Message,
        Row = new RawRow(row.Raw),
        SchemaVersion = row.SchemaVersion,
        RulesVersion = row.RulesVersion,
        AttemptId = row.AttemptId,
        ReceivedAt = row.ReceivedAt,
    };
}

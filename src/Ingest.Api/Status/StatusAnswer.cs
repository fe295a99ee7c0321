using Ingest.Domain.Envelopes;
using Ingest.Domain.Health;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Status;

/// <summary>How the sync of one device is doing (C§2.2 and more). Instants are the server's, in UTC.</summary>
internal sealed record StatusAnswer
{
    /// <summary>As it is stored: a UUID in lower case.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The device's name for people, if it sent one.</summary>
    public required string? Label { get; init; }

    /// <summary>The latest day ever confirmed to the device, <c>YYYY-MM-DD</c> in UTC. While a rewind is pending the device is told an earlier one; up to where the data is complete, <c>/v1/usage</c> says.</summary>
    public required DateOnly? Watermark { get; init; }

    /// <summary>The last contact: an envelope, or a price poll with a key that only this device uses.</summary>
    public required DateTimeOffset? LastSeen { get; init; }

    /// <summary>Stored rollups.</summary>
    public required long TotalRollupRecords { get; init; }

    /// <summary>Stored session summaries.</summary>
    public required long TotalSessionRecords { get; init; }

    /// <summary>Stored window summaries.</summary>
    public required long TotalWindowRecords { get; init; }

    /// <summary>Rows that were put aside because they break a rule.</summary>
    public required long QuarantinedRows { get; init; }

    /// <summary>What the device sends and the contract keeps out of envelopes: prompts, paths, addresses. None of it is stored; the counts are some seconds behind.</summary>
    public required IReadOnlyList<DroppedFieldAnswer> DroppedFields { get; init; }

    /// <summary>How its sync is doing, for people and for alerts.</summary>
    public required HealthAnswer Health { get; init; }

    /// <summary>The UTC day that is not over yet: it is sent again and again until it is.</summary>
    public required DateOnly OpenDay { get; init; }

    /// <summary>The last day that is not expected to change any more; a watermark never runs ahead of it.</summary>
    public required DateOnly ClosedThrough { get; init; }

    /// <summary>How far the device's clock was ahead of the server's at its last envelope, in milliseconds; below zero: behind.</summary>
    public required long? ClockSkewMs { get; init; }

    /// <summary>Null until the first one.</summary>
    public required AttemptAnswer? LastAttempt { get; init; }

    /// <summary>What it is asked to send again.</summary>
    public required RewindsAnswer Rewinds { get; init; }

    /// <summary>When it is asked again as a matter of course.</summary>
    public required LookBackAnswer LookBack { get; init; }

    /// <summary>What a restored backup left open; null: nothing.</summary>
    public required RestoredAnswer? Restored { get; init; }

    /// <summary>The id this one was merged into, because they are one device; that one may have been merged into another itself. Null: it is a device of its own.</summary>
    public required string? MergedInto { get; init; }

    public static StatusAnswer Of(DeviceStatus status, DateTimeOffset now, int graceDays)
    {
        var health = SyncHealth.Of(status.Facts, now);
        return new StatusAnswer
        {
            DeviceId = status.DeviceId,
            Label = status.Label,
            Watermark = status.ConfirmedDay,
            LastSeen = status.LastSeenAt,
            TotalRollupRecords = status.RollupRows,
            TotalSessionRecords = status.SessionRows,
            TotalWindowRecords = status.WindowRows,
            QuarantinedRows = status.QuarantinedRows,
            DroppedFields = [.. status.DroppedFields.Select(DroppedFieldAnswer.Of)],
            Health = new HealthAnswer(health.State, health.Reason, health.Since),
            OpenDay = Day.Of(now),
            ClosedThrough = WatermarkRule.ClosedThrough(now, now, graceDays),
            ClockSkewMs = (long?)status.ClockSkew?.TotalMilliseconds,
            LastAttempt = status.LastAttempt is { } last ? new AttemptAnswer(last.AttemptId, last.At, last.HttpStatus, last.Code, last.Detail) : null,
            Rewinds = RewindsAnswer.Of(status.Rewinds),
            LookBack = new LookBackAnswer(status.Rewinds.NextLookBackAt, status.Rewinds.FullLookBackOn),
            Restored = status.Gap is { } gap ? new RestoredAnswer(gap.RestoredAt, gap.Through) : null,
            MergedInto = status.MergedInto,
        };
    }
}

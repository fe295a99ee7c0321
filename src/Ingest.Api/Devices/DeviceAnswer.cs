using Ingest.Api.Status;
using Ingest.Domain.Devices;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;

namespace Ingest.Api.Devices;

/// <summary>A device as people of its workspace keep it, with how its sync is doing. Instants are the server's, in UTC.</summary>
internal sealed record DeviceAnswer
{
    /// <summary>As it is stored: a UUID in lower case.</summary>
    public required string DeviceId { get; init; }

    /// <summary>What people call it; null: nothing but what it calls itself.</summary>
    public required string? Name { get; init; }

    /// <summary>What it calls itself, if it does.</summary>
    public required string? Label { get; init; }

    /// <summary>Whose it is.</summary>
    public required DeviceOwnerAnswer Owner { get; init; }

    /// <summary>Whether its envelopes are taken: `active`, `paused` (503, it keeps what it has) or `revoked` (403).</summary>
    public required DeviceStanding Standing { get; init; }

    /// <summary>Why not, in the words of who decided it.</summary>
    public required string? StandingReason { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset? StandingSince { get; init; }

    /// <summary>How its sync is doing.</summary>
    public required HealthAnswer Health { get; init; }

    /// <summary>When it registered.</summary>
    public required DateTimeOffset FirstContactAt { get; init; }

    /// <summary>The last contact: an envelope, or a price poll with a key that only this device uses.</summary>
    public required DateTimeOffset? LastSeen { get; init; }

    /// <summary>The latest day ever confirmed to it, in UTC.</summary>
    public required DateOnly? Watermark { get; init; }

    /// <summary>Stored rollups.</summary>
    public required long TotalRollupRecords { get; init; }

    /// <summary>Stored session summaries.</summary>
    public required long TotalSessionRecords { get; init; }

    /// <summary>Rows that were put aside because they break a rule.</summary>
    public required long QuarantinedRows { get; init; }

    /// <summary>How far its clock was ahead of the server's at its last envelope, in milliseconds; below zero: behind.</summary>
    public required long? ClockSkewMs { get; init; }

    /// <summary>The id it was merged into, because they are one device; that one may have been merged into another itself. Null: it is a device of its own.</summary>
    public required string? MergedInto { get; init; }

    public static DeviceAnswer Of(DeviceRecord device, DeviceStatus status, DateTimeOffset now)
    {
        var health = SyncHealth.Of(status.Facts, now);
        return new DeviceAnswer
        {
            DeviceId = device.DeviceId,
            Name = device.Name,
            Label = device.Label,
            Owner = new DeviceOwnerAnswer(device.OwnerUserId, device.OwnerName),
            Standing = device.Standing,
            StandingReason = device.StandingReason,
            StandingSince = device.StandingSince,
            Health = new HealthAnswer(health.State, health.Reason, health.Since),
            FirstContactAt = device.FirstContactAt,
            LastSeen = status.LastSeenAt,
            Watermark = status.ConfirmedDay,
            TotalRollupRecords = status.RollupRows,
            TotalSessionRecords = status.SessionRows,
            QuarantinedRows = status.QuarantinedRows,
            ClockSkewMs = (long?)status.ClockSkew?.TotalMilliseconds,
            MergedInto = status.MergedInto,
        };
    }
}

using Ingest.Domain.Identity;

namespace Ingest.Domain.Health;

/// <summary>What is known about a device's contact with the server; all instants are the server's own.</summary>
/// <param name="FirstContactAt">When the device was registered, or the first attempt was seen.</param>
/// <param name="LastStoredAt">When an envelope of it was last accepted.</param>
/// <param name="LastPolledAt">When its key last polled for prices, where that key is this device's alone: an idle daemon sends nothing else (C§5 AI).</param>
/// <param name="FailingSince">The first refusal since the last accepted envelope.</param>
/// <param name="HealthySince">The first accepted envelope since the last refusal or long silence.</param>
/// <param name="LastHttpStatus">The answer to the last attempt.</param>
/// <param name="LastCode">Its error code.</param>
/// <param name="LastDetail">Its text.</param>
/// <param name="ClockSkew">How far the device's clock was ahead of the server's at its last envelope.</param>
/// <param name="SharedSeenAt">When two machines were last seen to use its id.</param>
public sealed record DeviceFacts(
    DateTimeOffset FirstContactAt,
    DateTimeOffset? LastStoredAt,
    DateTimeOffset? LastPolledAt,
    DateTimeOffset? FailingSince,
    DateTimeOffset? HealthySince,
    int? LastHttpStatus,
    string? LastCode,
    string? LastDetail,
    TimeSpan? ClockSkew,
    DateTimeOffset? SharedSeenAt = null)
{
    /// <summary>Whether its envelopes are taken.</summary>
    public DeviceStanding Standing { get; init; }

    /// <summary>Why not.</summary>
    public string? StandingReason { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? StandingSince { get; init; }
}

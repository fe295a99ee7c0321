using Ingest.Domain.Identity;

namespace Ingest.Domain.Devices;

/// <summary>A device as people of its workspace keep it, beside what it sends.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Name">What people call it, whatever it calls itself.</param>
/// <param name="Label">What it calls itself.</param>
/// <param name="OwnerUserId">Whose it is.</param>
/// <param name="OwnerName">What people call them.</param>
/// <param name="Standing">Whether its envelopes are taken.</param>
/// <param name="StandingReason">Why not.</param>
/// <param name="StandingSince">Since when.</param>
/// <param name="FirstContactAt">When it registered.</param>
/// <param name="Revision">How often people changed something about it.</param>
public sealed record DeviceRecord(
    string DeviceId,
    string? Name,
    string? Label,
    Guid OwnerUserId,
    string OwnerName,
    DeviceStanding Standing,
    string? StandingReason,
    DateTimeOffset? StandingSince,
    DateTimeOffset FirstContactAt,
    int Revision);

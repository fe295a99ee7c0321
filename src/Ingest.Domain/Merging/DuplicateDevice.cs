namespace Ingest.Domain.Merging;

/// <summary>A device as whoever has to decide about it recognises it.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Label">What it calls itself.</param>
/// <param name="Name">What people call it.</param>
/// <param name="OwnerUserId">Whose it is.</param>
/// <param name="OwnerName">What people call them.</param>
/// <param name="FirstContactAt">When it was first met.</param>
/// <param name="LastContactAt">When it last came.</param>
public sealed record DuplicateDevice(
    string DeviceId, string? Label, string? Name, Guid OwnerUserId, string OwnerName, DateTimeOffset FirstContactAt, DateTimeOffset LastContactAt);

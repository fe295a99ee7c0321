namespace Ingest.Domain.Devices;

/// <summary>The device that a row came from, as people recognise it.</summary>
/// <param name="DeviceId">The id under which the row stands.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Label">What it calls itself.</param>
/// <param name="OwnerUserId">Whose it is.</param>
/// <param name="OwnerName">What people call them.</param>
public sealed record SendingDevice(string DeviceId, string? Name, string? Label, Guid OwnerUserId, string OwnerName);

namespace Ingest.Api.Devices;

/// <summary>Whose a device is.</summary>
/// <param name="UserId">The member.</param>
/// <param name="Name">What people call them.</param>
internal sealed record DeviceOwnerAnswer(Guid UserId, string Name);

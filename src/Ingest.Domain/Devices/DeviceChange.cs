namespace Ingest.Domain.Devices;

/// <summary>What people change about a device.</summary>
/// <param name="ChangesName">Whether the name is changed.</param>
/// <param name="Name">To what; null takes it away.</param>
/// <param name="OwnerUserId">Whose it is from now on; null leaves it.</param>
public sealed record DeviceChange(bool ChangesName, string? Name, Guid? OwnerUserId);

namespace Ingest.Api.Devices;

/// <summary>A page of devices, by id.</summary>
/// <param name="Devices">The devices.</param>
/// <param name="NextCursor">Where the next page begins; null on the last.</param>
internal sealed record DevicesAnswer(IReadOnlyList<DeviceAnswer> Devices, string? NextCursor);

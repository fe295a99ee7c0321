namespace Ingest.Api.Keys;

/// <summary>A device that came with the key last.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="LastContactAt">When that was.</param>
internal sealed record KeyDeviceAnswer(string DeviceId, DateTimeOffset LastContactAt);

namespace Ingest.Persistence.Keys;

/// <summary>A device that came with a key last.</summary>
public sealed record KeyDevice(string DeviceId, DateTimeOffset LastContactAt);

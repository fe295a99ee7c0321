namespace Ingest.Domain.Windows;

/// <summary>A place in the list of windows, which goes on behind it.</summary>
public readonly record struct WindowPlace(DateTimeOffset StartedAt, string DeviceId, string Provider);

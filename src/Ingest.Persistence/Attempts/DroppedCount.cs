namespace Ingest.Persistence.Attempts;

/// <summary>A row on its way to <c>dropped_fields</c>: so many times more than are counted there.</summary>
internal readonly record struct DroppedCount(string WorkspaceId, string DeviceId, string Name, long Times, DateTimeOffset LastAt);

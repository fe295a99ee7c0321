namespace Ingest.Domain.Sessions;

/// <summary>A place in the list of sessions, which goes on behind it. A session is unique within its device only.</summary>
public readonly record struct SessionPlace(DateTimeOffset LastActiveAt, string DeviceId, string SessionId);

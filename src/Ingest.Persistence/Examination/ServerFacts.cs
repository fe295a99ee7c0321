namespace Ingest.Persistence.Examination;

/// <summary>What a database says of the server it belongs to.</summary>
/// <param name="ActiveKeys">Keys that get in.</param>
/// <param name="MaintenanceSince">Since when every request is answered 503.</param>
/// <param name="Devices">All of them.</param>
/// <param name="MissingDevices">Those that have not come back since a backup was restored.</param>
/// <param name="HasSecondWall">Whether the service can work as the role that row-level security binds.</param>
public sealed record ServerFacts(long ActiveKeys, DateTimeOffset? MaintenanceSince, long Devices, long MissingDevices, bool HasSecondWall);

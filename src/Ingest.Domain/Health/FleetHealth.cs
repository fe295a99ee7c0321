namespace Ingest.Domain.Health;

/// <summary>All devices of the server together, for graphs and alarms.</summary>
/// <param name="Devices">How many are in each state; states without any may be absent.</param>
/// <param name="PendingRewinds">Devices that are being told to send again.</param>
/// <param name="QuarantinedRows">Rows put aside.</param>
/// <param name="MissingDevices">Devices that have not sent again all they have since a backup was restored.</param>
public sealed record FleetHealth(IReadOnlyDictionary<SyncState, long> Devices, long PendingRewinds, long QuarantinedRows, long MissingDevices);

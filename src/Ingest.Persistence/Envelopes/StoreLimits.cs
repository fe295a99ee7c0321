namespace Ingest.Persistence.Envelopes;

/// <summary>What an operator decides about storing.</summary>
/// <param name="GraceDays">Days before today that late changes are still expected for; at least 1.</param>
/// <param name="DevicesPerWorkspace">Devices a workspace may register by itself; 0 is no limit.</param>
/// <param name="QuarantinedRows">Quarantined rows a device may hold.</param>
public sealed record StoreLimits(int GraceDays, int DevicesPerWorkspace, int QuarantinedRows);

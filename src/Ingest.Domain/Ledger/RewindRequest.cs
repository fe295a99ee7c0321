namespace Ingest.Domain.Ledger;

/// <summary>What an operator asked a device to send again; given out at the rate of look-backs.</summary>
public sealed record RewindRequest(DateOnly From, bool Verifies);

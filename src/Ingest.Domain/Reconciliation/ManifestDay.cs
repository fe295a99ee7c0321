using Ingest.Domain.Ledger;

namespace Ingest.Domain.Reconciliation;

/// <summary>A device-day as the ledger holds it, and what was put aside of it.</summary>
public sealed record ManifestDay(LedgerDay Entry, long QuarantinedRows);

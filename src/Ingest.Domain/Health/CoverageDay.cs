using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Health;

/// <summary>A device's day in the coverage calendar.</summary>
/// <param name="Day">The day.</param>
/// <param name="State">The worst that holds of it.</param>
/// <param name="Entry">Of the ledger; null where it has no such day.</param>
/// <param name="Held">What the ledger alone says of it.</param>
/// <param name="QuarantinedRows">Rows of it that were put aside.</param>
public sealed record CoverageDay(DateOnly Day, CoverageState State, LedgerDay? Entry, DayState? Held, long QuarantinedRows);

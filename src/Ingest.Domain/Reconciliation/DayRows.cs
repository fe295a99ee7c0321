using Ingest.Domain.Ledger;
using Ingest.Domain.Quarantine;

namespace Ingest.Domain.Reconciliation;

/// <summary>Rows of one device-day in the order of their keys.</summary>
/// <param name="ConfirmedDay">Up to where the device was told that its days are stored.</param>
/// <param name="Entry">Of the ledger; null where it has no such day.</param>
/// <param name="Rows">Live rows and ghosts, at most as many as were asked for.</param>
/// <param name="HasMore">Whether rows follow.</param>
/// <param name="Quarantined">Rows of the day that were put aside, the first ones; on the first page only.</param>
/// <param name="QuarantinedRows">How many were put aside altogether.</param>
public sealed record DayRows(
    DateOnly? ConfirmedDay,
    LedgerDay? Entry,
    IReadOnlyList<TracedRollup> Rows,
    bool HasMore,
    IReadOnlyList<QuarantinedRow> Quarantined,
    long QuarantinedRows)
{
    /// <summary>Quarantined rows that are shown with a day.</summary>
    public const int MostQuarantined = 100;
}

namespace Ingest.Domain.Ledger;

/// <summary>What became of the usable rows of an envelope.</summary>
/// <param name="Changed">Written, or part of a day that was.</param>
/// <param name="Unchanged">Stood there already.</param>
/// <param name="Superseded">Ignored: a newer envelope has written the day, session or window.</param>
/// <param name="Rejected">Quarantined.</param>
public readonly record struct RowCounts(int Changed, int Unchanged, int Superseded, int Rejected);

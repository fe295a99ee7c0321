using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>A row that is new, differs, or lives again.</summary>
/// <param name="Row">As it shall stand.</param>
/// <param name="Before">What stands in its place, or null where nothing does.</param>
public readonly record struct RollupWrite(DailyRollup Row, StoredRollup? Before);

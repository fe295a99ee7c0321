using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>A row that is new, differs, or lives again.</summary>
/// <param name="Row">As it shall stand.</param>
/// <param name="Place">Where it stands among the stored rows of its day, in key order from 0, if nothing but numbers differs; otherwise null.</param>
public readonly record struct RollupWrite(DailyRollup Row, int? Place);

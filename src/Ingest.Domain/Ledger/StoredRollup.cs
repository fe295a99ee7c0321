using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>A rollup as the database holds it; a ghost is one that the newest snapshot of its day no longer names.</summary>
public sealed record StoredRollup(DailyRollup Row, bool IsGhost);

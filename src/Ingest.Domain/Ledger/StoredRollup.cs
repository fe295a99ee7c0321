using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>A rollup as the database holds it; a ghost is one that the newest snapshot of its day no longer names.</summary>
public sealed record StoredRollup(DailyRollup Row, bool IsGhost)
{
    /// <summary>Where the store keeps it, for the store to find it again; 0 where that is not known.</summary>
    public ulong Place { get; init; }
}

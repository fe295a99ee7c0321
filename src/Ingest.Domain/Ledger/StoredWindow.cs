using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>A rate-limit window as the database holds it.</summary>
public sealed record StoredWindow(WindowSummary Summary, EnvelopeOrder Order)
{
    /// <summary>Where the store keeps it, for the store to find it again; 0 where it is new.</summary>
    public ulong Place { get; init; }
}

using Ingest.Domain.Ledger;

namespace Ingest.Domain.Health;

/// <summary>What is stored of some days of one device.</summary>
/// <param name="Entries">Of the ledger.</param>
/// <param name="Quarantined">Rows that were put aside, by the day they are of.</param>
public sealed record HeldDays(IReadOnlyDictionary<DateOnly, LedgerDay> Entries, IReadOnlyDictionary<DateOnly, long> Quarantined)
{
    public static HeldDays None { get; } = new(new Dictionary<DateOnly, LedgerDay>(), new Dictionary<DateOnly, long>());
}

using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>What is to be written of one day.</summary>
/// <param name="Before">The ledger's entry until now.</param>
/// <param name="After">The ledger's entry from now on.</param>
/// <param name="Written">The rows to write.</param>
/// <param name="Ghosted">Rows that are no longer named.</param>
/// <param name="Version">The earlier version, where the day was closed.</param>
public sealed record DayChange(
    LedgerDay? Before, LedgerDay After, IReadOnlyList<RollupWrite> Written, IReadOnlyList<RollupKey> Ghosted, DayVersion? Version)
{
    /// <summary>How many rows stood there, ghosts too: those that the places are counted among.</summary>
    public int StoredRows { get; init; }

    public bool ChangesRows => Written.Count > 0 || Ghosted.Count > 0;

    /// <summary>Whether it made a closed day smaller.</summary>
    public bool Shrank => After.ShrunkAt is not null && After.ShrunkAt != Before?.ShrunkAt;

    /// <summary>How many live rows the day has more than before.</summary>
    public int AddedRows => After.Totals.Rows - (Before?.Totals.Rows ?? 0);
}

using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>What a closed day held before it changed.</summary>
/// <param name="Before">The ledger's entry.</param>
/// <param name="Rows">Its live rows.</param>
/// <param name="Reasons">What the change did.</param>
public sealed record DayVersion(LedgerDay Before, IReadOnlyList<DailyRollup> Rows, IReadOnlyList<ChangeReason> Reasons);

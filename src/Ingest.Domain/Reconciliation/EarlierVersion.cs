using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Reconciliation;

/// <summary>What a day held before it changed.</summary>
/// <param name="Change">The change.</param>
/// <param name="Rows">The live rows of the day before it.</param>
public sealed record EarlierVersion(RecordedChange Change, IReadOnlyList<DailyRollup> Rows);

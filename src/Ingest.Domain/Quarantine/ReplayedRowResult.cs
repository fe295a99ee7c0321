namespace Ingest.Domain.Quarantine;

/// <summary>What became of one row.</summary>
/// <param name="Id">The row, as quarantine names it.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Code">Which rule it still breaks; null unless it is still rejected.</param>
public sealed record ReplayedRowResult(Guid Id, ReplayOutcome Outcome, string? Code);

using Ingest.Domain.Quarantine;

namespace Ingest.Api.Quarantine;

/// <summary>What became of one row.</summary>
/// <param name="Id">The row.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Code">Which rule it still breaks; null where it is not rejected.</param>
internal sealed record ReplayedRowAnswer(Guid Id, ReplayOutcome Outcome, string? Code);

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>migrate</c>: what it applied, in order; empty when the schema was current.</summary>
internal sealed record MigrationOutcome(IReadOnlyList<string> Applied);

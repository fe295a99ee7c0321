namespace Ingest.Domain.Envelopes;

/// <summary>An amount as it was read, before it is known whether it decides.</summary>
internal readonly record struct CostField(bool IsNumber, NumberProblem Problem, long Units);

namespace Ingest.Domain.Health;

/// <summary>Something that is the matter with a device beside its state.</summary>
/// <param name="Kind">What.</param>
/// <param name="Text">In a sentence for people.</param>
public sealed record Concern(ConcernKind Kind, string Text);

namespace Ingest.Domain.Health;

/// <summary>What to do about a device.</summary>
/// <param name="Summary">In one sentence.</param>
/// <param name="Steps">In their order; none where nothing has to be done.</param>
public sealed record Remedy(string Summary, IReadOnlyList<RemedyStep> Steps);

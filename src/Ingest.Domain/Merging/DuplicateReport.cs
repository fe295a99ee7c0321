namespace Ingest.Domain.Merging;

/// <summary>Devices of a workspace that may be one.</summary>
/// <param name="WorkspaceId">The workspace.</param>
/// <param name="Candidates">Those with most in common first, and no more than were asked for.</param>
/// <param name="Count">How many there are.</param>
public sealed record DuplicateReport(string WorkspaceId, IReadOnlyList<DuplicateCandidate> Candidates, int Count);

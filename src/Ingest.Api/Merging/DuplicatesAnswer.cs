namespace Ingest.Api.Merging;

/// <summary>Devices that may be one, as long as nobody has decided.</summary>
/// <param name="Candidates">Those with most in common first, at most 100 of them.</param>
/// <param name="Count">How many there are; where several devices are equal, each is named beside the one met before it.</param>
internal sealed record DuplicatesAnswer(IReadOnlyList<DuplicateAnswer> Candidates, int Count);

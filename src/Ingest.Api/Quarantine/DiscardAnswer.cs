namespace Ingest.Api.Quarantine;

/// <summary>What was removed from quarantine.</summary>
/// <param name="Discarded">How many rows.</param>
internal sealed record DiscardAnswer(int Discarded);

namespace Ingest.Simulator.Counting;

/// <summary>A day as the server's manifest tells of it.</summary>
/// <param name="Digest">Null where the server gives none, or one of another version.</param>
internal sealed record ServerDay(string Day, string State, string? Digest, DaySums Sums);

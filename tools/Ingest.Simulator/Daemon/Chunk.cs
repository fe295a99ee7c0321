namespace Ingest.Simulator.Daemon;

/// <summary>What one request of a pass carries.</summary>
internal sealed record Chunk(IReadOnlyList<LocalRow> Rollups, IReadOnlyList<LocalSession> Sessions);

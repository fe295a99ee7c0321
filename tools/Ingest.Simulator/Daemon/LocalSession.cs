namespace Ingest.Simulator.Daemon;

/// <summary>A session as the device keeps it, instants as text; the end is the last message seen (C§1.3).</summary>
internal sealed record LocalSession(string SessionId, RowKey Key, string StartedAt, string EndedAt, Rollup Sums);

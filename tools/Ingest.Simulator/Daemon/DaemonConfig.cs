namespace Ingest.Simulator.Daemon;

/// <summary>The device's <c>cloud.toml</c>, as far as it travels (C§3.4).</summary>
/// <param name="ChunkSize">500 in a real daemon.</param>
internal sealed record DaemonConfig(string DeviceId, string WorkspaceId, string Label, int ChunkSize);

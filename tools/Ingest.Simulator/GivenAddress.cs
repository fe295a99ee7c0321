namespace Ingest.Simulator;

/// <summary>A server that somebody else runs.</summary>
internal sealed record GivenAddress(Uri Address, string Key, string WorkspaceId);

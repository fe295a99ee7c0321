namespace Ingest.Persistence.Workspaces;

/// <summary>A workspace as people may see it.</summary>
public sealed record ListedWorkspace(string WorkspaceId, string Name, DateTimeOffset CreatedAt, int Revision, long Members, long Devices);

namespace Ingest.Persistence.Identity;

public sealed record CreatedWorkspace(string WorkspaceId, string Name, DateTimeOffset CreatedAt);

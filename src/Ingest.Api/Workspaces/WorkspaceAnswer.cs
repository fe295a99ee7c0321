using Ingest.Persistence.Workspaces;

namespace Ingest.Api.Workspaces;

/// <summary>The workspace of the key.</summary>
/// <param name="WorkspaceId">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Members">How many people belong to it.</param>
/// <param name="Devices">How many devices have synced to it.</param>
internal sealed record WorkspaceAnswer(string WorkspaceId, string Name, DateTimeOffset CreatedAt, long Members, long Devices)
{
    public static WorkspaceAnswer Of(ListedWorkspace workspace) => new(workspace.WorkspaceId, workspace.Name, workspace.CreatedAt, workspace.Members, workspace.Devices);
}

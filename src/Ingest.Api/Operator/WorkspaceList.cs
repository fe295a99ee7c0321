using Ingest.Persistence.Workspaces;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>workspace list</c>.</summary>
internal sealed record WorkspaceList(IReadOnlyList<ListedWorkspace> Workspaces);

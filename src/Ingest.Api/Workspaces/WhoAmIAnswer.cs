namespace Ingest.Api.Workspaces;

/// <summary>Whom the key belongs to. <c>org_id</c> is never sent: daemon 8.5.2 fails where both names stand (C§2.3).</summary>
/// <param name="WorkspaceId">The workspace of the key.</param>
internal sealed record WhoAmIAnswer(string WorkspaceId);

namespace Ingest.Persistence.Invites;

/// <summary>Some invites, the newest first, and whether older ones follow.</summary>
public sealed record InvitePage(IReadOnlyList<ListedInvite> Invites, bool HasMore);

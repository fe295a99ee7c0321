namespace Ingest.Persistence.Members;

/// <summary>Some people of a workspace, oldest first, and whether more follow.</summary>
public sealed record MemberPage(IReadOnlyList<ListedMember> Members, bool HasMore);

namespace Ingest.Api.Members;

/// <summary>The people of the workspace, oldest first.</summary>
/// <param name="Members">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record MembersAnswer(IReadOnlyList<MemberAnswer> Members, string? NextCursor);

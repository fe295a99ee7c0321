namespace Ingest.Api.Invites;

/// <summary>Invites, the newest first.</summary>
/// <param name="Invites">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record InvitesAnswer(IReadOnlyList<InviteAnswer> Invites, string? NextCursor);

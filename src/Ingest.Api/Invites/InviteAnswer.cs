using Ingest.Domain.Identity;
using Ingest.Persistence.Invites;

namespace Ingest.Api.Invites;

/// <summary>An invite, without its token.</summary>
/// <param name="InviteId">Names it.</param>
/// <param name="State">What has become of it.</param>
/// <param name="Role">What whoever accepts becomes.</param>
/// <param name="Note">What it is for, in the words of who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">Until when it can be accepted.</param>
/// <param name="MostUses">How many people may accept it.</param>
/// <param name="Uses">How many have.</param>
/// <param name="RevokedAt">When it was taken back.</param>
internal sealed record InviteAnswer(
    Guid InviteId,
    InviteState State,
    string Role,
    string? Note,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    int MostUses,
    int Uses,
    DateTimeOffset? RevokedAt)
{
    public static InviteAnswer Of(ListedInvite invite) => new(
        invite.InviteId, invite.State, UserRoles.NameOf(invite.Role), invite.Note, invite.CreatedAt, invite.CreatedBy, invite.ExpiresAt, invite.MostUses, invite.Uses,
        invite.RevokedAt);
}

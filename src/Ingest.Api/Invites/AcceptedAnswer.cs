using Ingest.Domain.Identity;
using Ingest.Persistence.Invites;

namespace Ingest.Api.Invites;

/// <summary>A new member, with a first key.</summary>
/// <param name="WorkspaceId">The workspace.</param>
/// <param name="WorkspaceName">What people call it.</param>
/// <param name="UserId">Who they are, in every workspace they belong to.</param>
/// <param name="UserName">What this one calls them.</param>
/// <param name="Role">What they are in it.</param>
/// <param name="Key">Their key, for all that the role may do: shown now and never again.</param>
/// <param name="KeyId">Names the key.</param>
/// <param name="KeyName">What people call it.</param>
internal sealed record AcceptedAnswer(string WorkspaceId, string WorkspaceName, Guid UserId, string UserName, string Role, string Key, Guid KeyId, string KeyName)
{
    public static AcceptedAnswer Of(NewMember member) => new(
        member.WorkspaceId, member.WorkspaceName, member.UserId, member.UserName, UserRoles.NameOf(member.Role), member.Key, member.KeyId, member.KeyName);
}

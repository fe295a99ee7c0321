using Ingest.Domain.Identity;

namespace Ingest.Api.Workspaces;

/// <summary>Whom the key belongs to. <c>org_id</c> is never sent: daemon 8.5.2 fails where both names stand (C§2.3). Of the rest daemons read nothing.</summary>
/// <param name="WorkspaceId">The workspace of the key.</param>
/// <param name="KeyId">Names the key.</param>
/// <param name="KeyName">What people call it.</param>
/// <param name="KeyPrefix">How it begins.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="UserName">What people call them.</param>
/// <param name="Role">What they are.</param>
/// <param name="Scopes">What the key can do, as far as that role goes.</param>
/// <param name="DeviceId">The one device whose envelopes it may bring; null is any.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
internal sealed record WhoAmIAnswer(
    string WorkspaceId,
    Guid KeyId,
    string? KeyName,
    string KeyPrefix,
    Guid UserId,
    string UserName,
    string Role,
    IReadOnlyList<string> Scopes,
    string? DeviceId,
    DateTimeOffset? ExpiresAt)
{
    public static WhoAmIAnswer Of(Caller caller) => new(
        caller.WorkspaceId, caller.KeyId, caller.KeyName, caller.KeyPrefix, caller.UserId, caller.UserName, UserRoles.NameOf(caller.Role), KeyScopeNames.Of(caller.Scopes),
        caller.BoundDeviceId, caller.ExpiresAt);
}

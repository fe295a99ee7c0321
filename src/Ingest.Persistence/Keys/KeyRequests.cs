using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Members;
using Ingest.Persistence.Workspaces;

namespace Ingest.Persistence.Keys;

/// <summary>What has to hold of every key that somebody asks for, whether it is made here or brought.</summary>
internal static class KeyRequests
{
    /// <exception cref="IdentityException">There cannot be such a key.</exception>
    public static async Task<(UserRow Owner, KeyTerms Terms)> PrepareAsync(IdentityTransaction transaction, Actor actor, NewKey asked, CancellationToken cancellation)
    {
        var name = asked.Name is null ? null : IdentityTexts.Name(asked.Name, "key");
        RequireAhead(transaction, asked.ExpiresAt);

        // Nor is a key made for a device that is being deleted: whichever comes first, no row names a device that is gone.
        if (asked.DeviceId is not null) await DeviceDeletion.WaitAsync(transaction, asked.WorkspaceId, cancellation);
        await WorkspaceTable.RequireAsync(transaction, asked.WorkspaceId, cancellation);
        var owner = await OwnerAsync(transaction, actor, asked, name, cancellation);
        MemberTable.RequireMayAppoint(actor, owner.Role);
        return (owner, new KeyTerms(ScopesOf(asked, owner.Role))
        {
            Name = name, DeviceId = asked.DeviceId, ExpiresAt = asked.ExpiresAt, CompleteBy = asked.CompleteBy,
        });
    }

    /// <exception cref="IdentityException">The key would have ended before it began.</exception>
    public static void RequireAhead(IdentityTransaction transaction, DateTimeOffset? expiresAt)
    {
        if (expiresAt <= transaction.Now) throw Invalid("expires_at", $"The key would have ended at {IdentityTexts.Instant(expiresAt.Value)}, which is past. To end it now, revoke it.");
    }

    /// <summary>That much later, or as late as anything can be.</summary>
    public static DateTimeOffset Ahead(DateTimeOffset now, TimeSpan span) => span < Instant.Latest - now ? now + span : Instant.Latest;

    private static async Task<UserRow> OwnerAsync(IdentityTransaction transaction, Actor actor, NewKey asked, string? name, CancellationToken cancellation)
    {
        switch (asked.Owner)
        {
            case KeyOwner.Member(var userId):
                return await MemberTable.HoldAsync(transaction, asked.WorkspaceId, userId, cancellation);
            case KeyOwner.Person(var person, var role):
                return await MemberTable.FindOrAddAsync(
                    transaction, actor, asked.WorkspaceId, IdentityTexts.Name(person, "person"), role, role ?? UserRole.Member, cancellation);
            case KeyOwner.Service:
                if (name is null) throw Invalid("name", "The key of a service needs a name, which is the service's too.");
                if (asked.Scopes is null) throw Invalid("scopes", $"Say what the service may do: {string.Join(", ", KeyScopeNames.All)}.");
                return await MemberTable.InsertAsync(transaction, actor, asked.WorkspaceId, name, UserRole.Manager, isService: true, cancellation);
            default:
                throw new ArgumentOutOfRangeException(nameof(asked), asked.Owner, "No such owner.");
        }
    }

    private static KeyScopes ScopesOf(NewKey asked, UserRole role)
    {
        var most = UserRoles.ScopesOf(role);
        var scopes = asked.Scopes ?? (asked.DeviceId is null ? most : KeyScopes.Ingest);
        if (scopes == KeyScopes.None) throw Invalid("scopes", $"A key is for something: {string.Join(", ", KeyScopeNames.All)}.");
        if (asked.DeviceId is not null && scopes != KeyScopes.Ingest)
            throw Invalid("device_id", "A key for one device is for what the device does, the scope ingest, and for nothing else.");
        if ((scopes & ~most) is var beyond && beyond != KeyScopes.None)
        {
            throw Invalid(
                "scopes", $"The keys of a {UserRoles.NameOf(role)} cannot have {string.Join(", ", KeyScopeNames.Of(beyond))}, only {string.Join(", ", KeyScopeNames.Of(most))}.");
        }

        return scopes;
    }

    private static IdentityException Invalid(string field, string message) => new(IdentityRefusal.Invalid, message) { Field = field };
}

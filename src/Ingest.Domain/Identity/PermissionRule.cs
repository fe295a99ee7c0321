namespace Ingest.Domain.Identity;

/// <summary>The one rule of who may do what: the scopes of the key, as far as the role of its owner goes.</summary>
public static class PermissionRule
{
    /// <summary>What a key can really do: a person who was made a viewer has keys that only read from then on.</summary>
    public static KeyScopes Effective(UserRole role, KeyScopes ofKey) => ofKey & UserRoles.ScopesOf(role);

    /// <summary>The scopes of which one is enough; none where any key is.</summary>
    public static KeyScopes Enough(Permission permission) => permission switch
    {
        Permission.Identify => KeyScopes.None,
        Permission.Ingest => KeyScopes.Ingest,
        Permission.ReadStatus => KeyScopes.All,
        Permission.Read => KeyScopes.ReadOwn | KeyScopes.Read | KeyScopes.Manage,
        Permission.Manage => KeyScopes.Manage,
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "No such permission."),
    };

    public static bool Allows(KeyScopes effective, Permission permission) => permission == Permission.Identify || (effective & Enough(permission)) != KeyScopes.None;

    /// <summary>Whether all devices of the workspace are seen, or only those of the key's owner.</summary>
    public static bool SeesAllDevices(KeyScopes effective) => (effective & (KeyScopes.Read | KeyScopes.Manage)) != KeyScopes.None;
}

namespace Ingest.Domain.Identity;

/// <summary>The names of roles, and what each may have at most.</summary>
public static class UserRoles
{
    private static readonly (UserRole Role, string Name, KeyScopes Scopes)[] All =
    [
        (UserRole.Owner, "owner", KeyScopes.All),
        (UserRole.Manager, "manager", KeyScopes.All),
        (UserRole.Member, "member", KeyScopes.Ingest | KeyScopes.ReadOwn),
        (UserRole.Viewer, "viewer", KeyScopes.ReadOwn | KeyScopes.Read),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(one => one.Name)];

    public static string NameOf(UserRole role) => Array.Find(All, one => one.Role == role).Name ?? throw new ArgumentOutOfRangeException(nameof(role), role, "No such role.");

    public static UserRole? Find(string name) => Array.Find(All, one => one.Name == name) is { Name: not null } found ? found.Role : null;

    /// <summary>The most that a key of somebody in this role can do.</summary>
    public static KeyScopes ScopesOf(UserRole role) => Array.Find(All, one => one.Role == role).Scopes;

    /// <summary>Whether somebody in this role may give that one to others, take it from them, or act on who has it.</summary>
    public static bool MayAppoint(UserRole actor, UserRole role) => actor == UserRole.Owner || (actor == UserRole.Manager && role != UserRole.Owner);

    /// <summary>Whether there are roles that somebody could give before and cannot any more.</summary>
    public static bool LosesAppointing(UserRole before, UserRole after) => Array.Exists(All, one => MayAppoint(before, one.Role) && !MayAppoint(after, one.Role));
}

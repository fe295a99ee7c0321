namespace Ingest.Domain.Identity;

/// <summary>Scopes as they are written.</summary>
public static class KeyScopeNames
{
    private static readonly (KeyScopes Scope, string Name)[] Known =
        [(KeyScopes.Ingest, "ingest"), (KeyScopes.ReadOwn, "read:own"), (KeyScopes.Read, "read"), (KeyScopes.Manage, "manage")];

    public static IReadOnlyList<string> All { get; } = [.. Known.Select(one => one.Name)];

    public static IReadOnlyList<string> Of(KeyScopes scopes) => [.. Known.Where(one => scopes.HasFlag(one.Scope)).Select(one => one.Name)];

    /// <returns>Null where one of them is none.</returns>
    public static KeyScopes? Parse(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var scopes = KeyScopes.None;
        foreach (var name in names)
        {
            var known = Array.Find(Known, one => one.Name == name);
            if (known.Name is null) return null;
            scopes |= known.Scope;
        }

        return scopes;
    }
}

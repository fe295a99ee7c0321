namespace Ingest.Persistence.Keys;

/// <summary>How the state of a key is called in statements, and towards programs.</summary>
public static class KeyStateNames
{
    private static readonly (KeyState State, string Name)[] Known =
        [(KeyState.Active, "active"), (KeyState.Rotating, "rotating"), (KeyState.Expired, "expired"), (KeyState.Revoked, "revoked")];

    public static IReadOnlyList<string> All { get; } = [.. Known.Select(one => one.Name)];

    public static string Of(KeyState state) => Array.Find(Known, one => one.State == state).Name;

    public static KeyState Read(string name) => Array.Find(Known, one => one.Name == name).State;
}

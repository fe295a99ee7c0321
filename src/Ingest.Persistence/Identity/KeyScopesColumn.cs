using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>How scopes stand in the <c>scopes</c> column of <c>api_keys</c>.</summary>
internal static class KeyScopesColumn
{
    public static string[] Write(KeyScopes scopes) => [.. KeyScopeNames.Of(scopes)];

    public static KeyScopes Read(string[] names) =>
        KeyScopeNames.Parse(names) ?? throw new ArgumentOutOfRangeException(nameof(names), string.Join(' ', names), "No such scope; this build is older than the database.");
}

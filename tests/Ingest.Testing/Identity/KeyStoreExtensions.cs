using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;

namespace Ingest.Testing.Identity;

/// <summary>Keys as most tests need them: somebody's, by an operator.</summary>
public static class KeyStoreExtensions
{
    public static Task<CreatedKey> CreateKeyAsync(
        this KeyStore keys, string workspaceId, UserRole? role = null, string? person = null, Completeness completeBy = Completeness.Auto) =>
        keys.CreateAsync(Actor.Operator, new NewKey(workspaceId, new KeyOwner.Person(person ?? KeyOwner.DefaultName, role)) { CompleteBy = completeBy });

    /// <param name="keys">The store.</param>
    /// <param name="prefix">As an operator names it.</param>
    public static async Task<KeyChange> RevokeKeyAsync(this KeyStore keys, string prefix)
    {
        var key = await keys.MeantByAsync(prefix);
        return await keys.RevokeAsync(Actor.Operator, key.WorkspaceId, key.KeyId);
    }

    /// <inheritdoc cref="RevokeKeyAsync"/>
    public static async Task<KeyChange> SetCompletenessAsync(this KeyStore keys, string prefix, Completeness completeBy)
    {
        var key = await keys.MeantByAsync(prefix);
        return await keys.ChangeAsync(Actor.Operator, key.WorkspaceId, key.KeyId, new KeyEdit { CompleteBy = completeBy });
    }
}

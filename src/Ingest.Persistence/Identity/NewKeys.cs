using Ingest.Domain.Identity;
using Microsoft.EntityFrameworkCore;

namespace Ingest.Persistence.Identity;

/// <summary>Keys that come of a code or a token, with a name nobody thought about.</summary>
internal static class NewKeys
{
    /// <returns>The id of the key, and its name, which is the one given, or that with a number where it is taken.</returns>
    public static async Task<(Guid KeyId, string Name)> AddAsync(
        IdentityTransaction transaction, UserRow user, ApiKeyText key, string name, KeyScopes scopes, string? deviceId, CancellationToken cancellation)
    {
        var keyId = Guid.CreateVersion7(transaction.Now);
        for (var number = 1; ; number++)
        {
            var numbered = number == 1 ? name : $"{name} {number}";
            var added = await transaction.Context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO api_keys (workspace_id, key_id, user_id, key_hash, prefix, created_at, complete_by, scopes, name, device_id)
                VALUES ({user.WorkspaceId}, {keyId}, {user.UserId}, {key.Hash()}, {key.Prefix}, {transaction.Now}, {CompletenessColumn.Write(Completeness.Auto)},
                        {KeyScopesColumn.Write(scopes)}, {numbered}, {deviceId})
                ON CONFLICT (workspace_id, name) WHERE revoked_at IS NULL AND rotated_to IS NULL DO NOTHING
                """,
                cancellation);
            if (added == 1) return (keyId, numbered);
        }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Keys;

/// <summary>Keys as rows, for whoever makes or ends one within a transaction.</summary>
internal static class KeyTable
{
    /// <summary>Makes a key of random bytes, with its entry in the audit log.</summary>
    /// <param name="transaction">In which it is done.</param>
    /// <param name="actor">By whom.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="terms">Checked.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IdentityException">Another key has the name.</exception>
    public static Task<CreatedKey> IssueAsync(IdentityTransaction transaction, Actor actor, UserRow owner, KeyTerms terms, CancellationToken cancellation) =>
        IssueAsync(transaction, actor, owner, Guid.CreateVersion7(transaction.Now), terms, cancellation);

    /// <inheritdoc cref="IssueAsync(IdentityTransaction, Actor, UserRow, KeyTerms, CancellationToken)"/>
    /// <param name="keyId">The id it shall have.</param>
    public static async Task<CreatedKey> IssueAsync(
        IdentityTransaction transaction, Actor actor, UserRow owner, Guid keyId, KeyTerms terms, CancellationToken cancellation)
    {
        var key = ApiKeyText.Generate();
        if (!await TryInsertAsync(transaction, owner, keyId, key.Hash(), key.Prefix, terms, cancellation)) throw NameTaken(terms.Name!);
        return await RecordCreatedAsync(transaction, actor, owner, keyId, key, cancellation);
    }

    /// <summary>The same where nobody thought about the name: with a number behind it where it is taken.</summary>
    public static async Task<CreatedKey> IssueNumberedAsync(
        IdentityTransaction transaction, Actor actor, UserRow owner, KeyTerms terms, CancellationToken cancellation)
    {
        var key = ApiKeyText.Generate();
        for (var number = 1; ; number++)
        {
            var numbered = number == 1 ? terms : terms with { Name = $"{terms.Name} {number}" };
            if (await TryInsertAsync(transaction, owner, key.Hash(), key.Prefix, numbered, cancellation) is not { } keyId) continue;
            return await RecordCreatedAsync(transaction, actor, owner, keyId, key, cancellation);
        }
    }

    /// <returns>Null where its name is taken in the workspace, or the key itself anywhere.</returns>
    public static async Task<Guid?> TryInsertAsync(
        IdentityTransaction transaction, UserRow owner, byte[] hash, string prefix, KeyTerms terms, CancellationToken cancellation)
    {
        var keyId = Guid.CreateVersion7(transaction.Now);
        return await TryInsertAsync(transaction, owner, keyId, hash, prefix, terms, cancellation) ? keyId : null;
    }

    /// <summary>Nobody is notified: no instance remembers that a key is absent, so there is nothing to forget.</summary>
    public static async Task<bool> TryInsertAsync(
        IdentityTransaction transaction, UserRow owner, Guid keyId, byte[] hash, string prefix, KeyTerms terms, CancellationToken cancellation) =>
        await transaction.Context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO api_keys (workspace_id, key_id, user_id, key_hash, prefix, created_at, complete_by, scopes, name, device_id, expires_at, as_owner)
            VALUES ({owner.WorkspaceId}, {keyId}, {owner.UserId}, {hash}, {prefix}, {transaction.Now}, {CompletenessColumn.Write(terms.CompleteBy)},
                    {KeyScopesColumn.Write(terms.Scopes)}, {terms.Name}, {terms.DeviceId}, {terms.ExpiresAt}, {owner.Role == UserRole.Owner})
            ON CONFLICT DO NOTHING
            """,
            cancellation) == 1;

    public static Task<bool> IsNameTakenAsync(IdentityTransaction transaction, string workspaceId, string name, CancellationToken cancellation) =>
        transaction.Context.ApiKeys.AnyAsync(key => key.WorkspaceId == workspaceId && key.Name == name && key.RevokedAt == null && key.RotatedTo == null, cancellation);

    /// <exception cref="IdentityException">Another key was given the name at this moment.</exception>
    public static async Task SetAsync(IdentityTransaction transaction, string workspaceId, Guid keyId, KeyTerms terms, CancellationToken cancellation)
    {
        try
        {
            await transaction.Context.Database.ExecuteSqlAsync(
                $"""
                UPDATE api_keys SET name = {terms.Name}, expires_at = {terms.ExpiresAt}, complete_by = {CompletenessColumn.Write(terms.CompleteBy)}, revision = revision + 1
                WHERE workspace_id = {workspaceId} AND key_id = {keyId}
                """,
                cancellation);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw NameTaken(terms.Name!);
        }
    }

    /// <summary>The key, which nobody else changes until the transaction ends.</summary>
    /// <exception cref="IdentityException">The workspace has no such key.</exception>
    public static async Task<ListedKey> LockAsync(IdentityTransaction transaction, string workspaceId, Guid keyId, CancellationToken cancellation)
    {
        await transaction.Context.Database.ExecuteSqlAsync($"SELECT FROM api_keys WHERE workspace_id = {workspaceId} AND key_id = {keyId} FOR NO KEY UPDATE", cancellation);
        return await KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation);
    }

    public static Task<Guid> RecordAsync(
        IdentityTransaction transaction, Actor actor, string action, ListedKey key, JsonObject? before, JsonObject? after, CancellationToken cancellation) =>
        transaction.RecordAsync(key.WorkspaceId, actor, new AuditEntry(action, AuditSubject.Key(key.KeyId, key.Name ?? key.Prefix), before, after), cancellation);

    /// <summary>Of a key that is bound to a device, the log says that it is, and not to which.</summary>
    public static JsonObject Audited(ListedKey key) => new()
    {
        ["name"] = key.Name,
        ["prefix"] = key.Prefix,
        ["owner"] = key.UserName,
        ["scopes"] = new JsonArray([.. KeyScopeNames.Of(key.Scopes).Select(scope => (JsonNode)JsonValue.Create(scope))]),
        ["for_one_device"] = key.DeviceId is not null,
        ["expires_at"] = key.ExpiresAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["complete_by"] = CompletenessColumn.Write(key.CompleteBy),
    };

    private static async Task<CreatedKey> RecordCreatedAsync(
        IdentityTransaction transaction, Actor actor, UserRow owner, Guid keyId, ApiKeyText key, CancellationToken cancellation)
    {
        var listed = await KeyReader.GetAsync(transaction, owner.WorkspaceId, keyId, cancellation);
        await RecordAsync(transaction, actor, "key.created", listed, null, Audited(listed), cancellation);
        return new CreatedKey(listed, key.Text);
    }

    public static IdentityException NameTaken(string name) =>
        new(IdentityRefusal.NameTaken, $"Another key of the workspace is called \"{name}\": choose another name, or revoke or rotate that one.");
}

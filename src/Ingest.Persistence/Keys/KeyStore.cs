using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Members;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;
using Npgsql;

namespace Ingest.Persistence.Keys;

/// <summary>Keys: how devices and people get in. Each method is one transaction, with its entry in the audit log.</summary>
/// <remarks>
/// Throws <see cref="IdentityException"/> where the request cannot be met, and <see cref="StoreUnavailableException"/> where
/// the database could not be asked; both messages are written for a person.
/// </remarks>
public sealed class KeyStore
{
    /// <summary>Characters of a prefix that are asked for at least.</summary>
    public const int MinimumPrefixLength = 8;

    private readonly IdentityTransactions _transactions;

    internal KeyStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <summary>Makes a key. Its text is in the answer, and nowhere else ever again.</summary>
    public Task<CreatedKey> CreateAsync(Actor actor, NewKey asked, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return _transactions.RunAsync(
            WorkspaceScope.Of(asked.WorkspaceId),
            async transaction =>
            {
                var (owner, terms) = await OwnedAsync(transaction, actor, asked, cancellation);
                return await KeyTable.IssueAsync(transaction, actor, owner, terms, cancellation);
            },
            cancellation);
    }

    /// <summary>Revokes one key. Every running instance refuses it within a second.</summary>
    public Task<KeyChange> RevokeAsync(Actor actor, string workspaceId, Guid keyId, CancellationToken cancellation = default) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var key = await KeyTable.LockAsync(transaction, workspaceId, keyId, cancellation);
                MemberTable.RequireMayAppoint(actor, key.Role);
                if (key.RevokedAt is not null) return new KeyChange(key, Changed: false);

                await using var revoke = transaction.Command(Revoke, Now(transaction), Text(workspaceId), Id(keyId));
                await revoke.ExecuteNonQueryAsync(cancellation);
                await KeyTable.RecordAsync(transaction, actor, "key.revoked", key, KeyTable.Audited(key), null, cancellation);
                await transaction.NotifyAsync(IdentityChannel.KeyRevoked, cancellation);
                return new KeyChange(await KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation), Changed: true);
            },
            cancellation);

    /// <summary>Sets what the silence of a key's envelopes means. Every running instance goes by it within a second.</summary>
    public Task<KeyChange> ChangeAsync(Actor actor, string workspaceId, Guid keyId, Completeness completeBy, CancellationToken cancellation = default) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var key = await KeyTable.LockAsync(transaction, workspaceId, keyId, cancellation);
                MemberTable.RequireMayAppoint(actor, key.Role);
                RequireNotRevoked(key);
                if (key.CompleteBy == completeBy) return new KeyChange(key, Changed: false);

                await using var change = transaction.Command(Change, Text(CompletenessColumn.Write(completeBy)), Text(workspaceId), Id(keyId));
                await change.ExecuteNonQueryAsync(cancellation);
                var changed = await KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation);
                await KeyTable.RecordAsync(transaction, actor, "key.changed", key, KeyTable.Audited(key), KeyTable.Audited(changed), cancellation);
                await transaction.NotifyAsync(IdentityChannel.KeyChanged, cancellation);
                return new KeyChange(changed, Changed: true);
            },
            cancellation);

    /// <summary>All keys, or those of one workspace, oldest first; revoked ones too.</summary>
    public Task<IReadOnlyList<ListedKey>> ListAsync(string? workspaceId = null, CancellationToken cancellation = default) =>
        _transactions.RunAsync<IReadOnlyList<ListedKey>>(
            WorkspaceScope.All,
            async transaction =>
            {
                if (workspaceId is not null) await WorkspaceTable.RequireAsync(transaction, workspaceId, cancellation);
                return await KeyReader.ReadAsync(transaction, InWorkspaceOrAny, [MaybeText(workspaceId)], cancellation);
            },
            cancellation);

    /// <summary>The one key an operator means: of several, the one that is not revoked.</summary>
    /// <param name="prefix">The beginning of the key, at least eight characters of it; or the whole key, or its key id.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedKey> MeantByAsync(string prefix, CancellationToken cancellation = default)
    {
        prefix = CheckPrefix(prefix);
        return _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                var matches = await MatchingAsync(transaction, prefix, cancellation);
                if (matches.Count == 0) throw new IdentityException(IdentityRefusal.KeyNotFound, $"No key begins with \"{Shown(prefix)}\". \"key list\" shows all prefixes.");

                var usable = matches.FindAll(key => key.RevokedAt is null);
                var candidates = usable.Count > 0 ? usable : matches;
                return candidates.Count == 1 ? candidates[0] : throw Ambiguous(prefix, candidates, usable.Count > 0);
            },
            cancellation);
    }

    private static async Task<(UserRow Owner, KeyTerms Terms)> OwnedAsync(IdentityTransaction transaction, Actor actor, NewKey asked, CancellationToken cancellation)
    {
        await WorkspaceTable.RequireAsync(transaction, asked.WorkspaceId, cancellation);
        var owner = asked.Owner switch
        {
            KeyOwner.Member(var userId) => await MemberTable.HoldAsync(transaction, asked.WorkspaceId, userId, cancellation),
            KeyOwner.Person(var name, var role) => await MemberTable.FindOrAddAsync(
                transaction, actor, asked.WorkspaceId, IdentityTexts.Name(name, "person"), role, role ?? UserRole.Member, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(asked), asked.Owner, "No such owner."),
        };
        MemberTable.RequireMayAppoint(actor, owner.Role);
        return (owner, new KeyTerms(asked.Scopes ?? UserRoles.ScopesOf(owner.Role))
        {
            Name = asked.Name, DeviceId = asked.DeviceId, ExpiresAt = asked.ExpiresAt, CompleteBy = asked.CompleteBy,
        });
    }

    private static void RequireNotRevoked(ListedKey key)
    {
        if (key.RevokedAt is not { } revoked) return;
        throw new IdentityException(
            IdentityRefusal.Conflict, $"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} was revoked at {IdentityTexts.Instant(revoked)}: nothing comes with it any more.");
    }

    private static string CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        prefix = prefix.Trim().TrimEnd('…');
        return prefix.Length >= MinimumPrefixLength
            ? prefix
            : throw new IdentityException(
                $"\"{prefix}\" is too short to tell keys apart: give at least {MinimumPrefixLength} characters of the prefix that key list shows.");
    }

    private static Task<List<ListedKey>> MatchingAsync(IdentityTransaction transaction, string prefix, CancellationToken cancellation)
    {
        if (Guid.TryParseExact(prefix, "D", out var keyId)) return KeyReader.ReadAsync(transaction, ById, [Id(keyId)], cancellation);
        if (prefix.Length <= ApiKeyText.PrefixLength) return KeyReader.ReadAsync(transaction, ByPrefix, [Text(prefix)], cancellation);

        // Longer than what is stored in clear: only the whole key can still be recognised.
        var hash = ApiKeyText.TryParse(prefix, out var whole) ? whole.Hash() : [];
        return KeyReader.ReadAsync(transaction, ByHash, [new NpgsqlParameter<byte[]> { TypedValue = hash }], cancellation);
    }

    private static IdentityException Ambiguous(string prefix, List<ListedKey> candidates, bool usable)
    {
        var lines = candidates.Select(key => $"\n  {key.Prefix}…  {key.KeyId}  {key.UserName} in {key.WorkspaceId}, created {IdentityTexts.Instant(key.CreatedAt)}");
        var what = usable ? "Several keys begin" : "Several keys, all of them revoked, begin";
        return new IdentityException($"{what} with \"{Shown(prefix)}\"; give more of it, or the key id:{string.Concat(lines)}");
    }

    // Somebody may have pasted a whole key that belongs to another server: messages end up in logs and tickets.
    private static string Shown(string prefix) => prefix.Length <= ApiKeyText.PrefixLength ? prefix : prefix[..ApiKeyText.PrefixLength] + "…";

    private static NpgsqlParameter<DateTime> Now(IdentityTransaction transaction) => new() { TypedValue = transaction.Now.UtcDateTime };

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<string?> MaybeText(string? value) => new() { TypedValue = value, DataTypeName = "text" };

    private static NpgsqlParameter<Guid> Id(Guid value) => new() { TypedValue = value };

    private const string InWorkspaceOrAny = "WHERE ($2::text IS NULL OR k.workspace_id = $2) ORDER BY k.created_at, k.workspace_id, k.key_id";

    private const string ById = "WHERE k.key_id = $2";

    private const string ByPrefix = "WHERE starts_with(k.prefix, $2) ORDER BY k.created_at, k.workspace_id, k.key_id";

    private const string ByHash = "WHERE k.key_hash = $2";

    private const string Revoke = "UPDATE api_keys SET revoked_at = $1, revision = revision + 1 WHERE workspace_id = $2 AND key_id = $3";

    private const string Change = "UPDATE api_keys SET complete_by = $1, revision = revision + 1 WHERE workspace_id = $2 AND key_id = $3";
}

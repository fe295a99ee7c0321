using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Members;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Keys;

/// <summary>Keys: how devices and people get in. Each method is one transaction, with its entry in the audit log.</summary>
/// <remarks>
/// Throws <see cref="IdentityException"/> where the request cannot be met, and <see cref="StoreUnavailableException"/> where
/// the database could not be asked; both messages are written for a person.
/// </remarks>
public sealed class KeyStore
{
    /// <summary>How much longer a key may work that another one replaces.</summary>
    private const int MostOverlapDays = 30;

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
                var (owner, terms) = await KeyRequests.PrepareAsync(transaction, actor, asked, cancellation);
                return await KeyTable.IssueAsync(transaction, actor, owner, terms, cancellation);
            },
            cancellation);
    }

    /// <summary>Takes over a key that devices have already.</summary>
    /// <param name="actor">Who brings it.</param>
    /// <param name="asked">What it shall be here; for its scopes left out it is to send envelopes alone.</param>
    /// <param name="secret">The key, or its hash.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedKey> ImportAsync(Actor actor, NewKey asked, KeySecret secret, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(secret);
        return _transactions.RunAsync(
            WorkspaceScope.Of(asked.WorkspaceId),
            async transaction =>
            {
                var (owner, terms) = await KeyRequests.PrepareAsync(transaction, actor, asked with { Scopes = asked.Scopes ?? KeyScopes.Ingest }, cancellation);
                if (await KeyTable.TryInsertAsync(transaction, owner, secret.Hash, secret.Prefix, terms, cancellation) is not { } keyId)
                {
                    // Of which workspace it is stays unsaid: it may be another's.
                    throw terms.Name is { } name && await KeyTable.IsNameTakenAsync(transaction, asked.WorkspaceId, name, cancellation)
                        ? KeyTable.NameTaken(name)
                        : new IdentityException(IdentityRefusal.KeyTaken, "The server knows this key already: it works as it is, or was revoked, and cannot be taken over.");
                }

                var listed = await KeyReader.GetAsync(transaction, asked.WorkspaceId, keyId, cancellation);
                await KeyTable.RecordAsync(transaction, actor, "key.imported", listed, null, KeyTable.Audited(listed), cancellation);
                return listed;
            },
            cancellation);
    }

    /// <summary>Revokes one key. Every running instance refuses it within a second.</summary>
    public Task<KeyChange> RevokeAsync(Actor actor, string workspaceId, Guid keyId, CancellationToken cancellation = default) =>
        WithLockedAsync(
            actor,
            workspaceId,
            keyId,
            async (transaction, key) =>
            {
                if (key.RevokedAt is not null) return new KeyChange(key, Changed: false);

                await using var revoke = transaction.Command(Revoke, Text(workspaceId), Id(keyId), Now(transaction));
                await revoke.ExecuteNonQueryAsync(cancellation);
                if (key.IsService)
                {
                    await using var remove = transaction.Command(RemoveService, Text(workspaceId), Id(key.UserId), Now(transaction));
                    await remove.ExecuteNonQueryAsync(cancellation);
                }

                await KeyTable.RecordAsync(transaction, actor, "key.revoked", key, KeyTable.Audited(key), null, cancellation);
                await transaction.NotifyAsync(IdentityChannel.KeyRevoked, cancellation);
                return new KeyChange(await KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation), Changed: true);
            },
            cancellation);

    /// <summary>Changes what may be changed of a key. Every running instance goes by it within a second.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="workspaceId">Where.</param>
    /// <param name="keyId">Which.</param>
    /// <param name="edit">What it is from now on.</param>
    /// <param name="expected">The revision it was decided on; null is any.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<KeyChange> ChangeAsync(Actor actor, string workspaceId, Guid keyId, KeyEdit edit, int? expected = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(edit);
        var wanted = edit.Name is null ? null : IdentityTexts.Name(edit.Name, "key");
        return WithLockedAsync(
            actor,
            workspaceId,
            keyId,
            async (transaction, key) =>
            {
                IdentityTexts.RequireRevision(expected, key.Revision);
                RequireNotRevoked(key);
                var terms = new KeyTerms(key.Scopes)
                {
                    Name = wanted ?? key.Name, ExpiresAt = edit.ChangesExpiry ? edit.ExpiresAt : key.ExpiresAt, CompleteBy = edit.CompleteBy ?? key.CompleteBy,
                };
                if (terms.Name == key.Name && terms.ExpiresAt == key.ExpiresAt && terms.CompleteBy == key.CompleteBy) return new KeyChange(key, Changed: false);

                if (key.RotatedTo is not null && (terms.ExpiresAt is null || terms.ExpiresAt > key.ExpiresAt?.AddDays(MostOverlapDays)))
                    throw new IdentityException(IdentityRefusal.Conflict, $"Another key takes the place of {key.Prefix}…: give it at most {MostOverlapDays} days more.") { Field = "expires_at" };
                if (edit.ChangesExpiry) KeyRequests.RequireAhead(transaction, edit.ExpiresAt);
                if (key.IsService && terms.Name != key.Name) await MemberTable.SetAsync(transaction, workspaceId, key.UserId, terms.Name!, key.Role, cancellation);
                await KeyTable.SetAsync(transaction, workspaceId, keyId, terms, cancellation);
                var changed = await KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation);
                await KeyTable.RecordAsync(transaction, actor, "key.changed", changed, KeyTable.Audited(key), KeyTable.Audited(changed), cancellation);
                await transaction.NotifyAsync(IdentityChannel.KeyChanged, cancellation);
                return new KeyChange(changed, Changed: true);
            },
            cancellation);
    }

    /// <summary>Makes a key that takes the place of another, which works for some time yet.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="workspaceId">Where.</param>
    /// <param name="keyId">Which.</param>
    /// <param name="overlap">How long the old one works yet.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<RotatedKey> RotateAsync(Actor actor, string workspaceId, Guid keyId, TimeSpan overlap, CancellationToken cancellation = default) =>
        WithLockedAsync(
            actor,
            workspaceId,
            keyId,
            async (transaction, key) =>
            {
                RequireNotRevoked(key);
                if (key.RotatedTo is { } successor)
                    throw new IdentityException(IdentityRefusal.Conflict, $"Another key takes the place of {key.Prefix}… already: rotate that one, {successor:D}.");
                if (key.State == KeyState.Expired)
                    throw new IdentityException(IdentityRefusal.Conflict, $"Key {key.Prefix}… has expired, so nothing can go on with it: create a new one.");

                var newId = Guid.CreateVersion7(transaction.Now);
                await using var rotate = transaction.Command(
                    Rotate, Text(workspaceId), Id(keyId), Now(transaction), new NpgsqlParameter<DateTime> { TypedValue = (transaction.Now + overlap).UtcDateTime }, Id(newId));
                await rotate.ExecuteNonQueryAsync(cancellation);

                var owner = await transaction.Context.Users.SingleAsync(user => user.WorkspaceId == workspaceId && user.UserId == key.UserId, cancellation);
                var terms = new KeyTerms(key.Scopes)
                {
                    Name = key.Name, DeviceId = key.DeviceId, CompleteBy = key.CompleteBy,

                    // Good for as long as the old one was meant to be.
                    ExpiresAt = key.ExpiresAt is { } end ? KeyRequests.Ahead(transaction.Now, end - key.CreatedAt) : null,
                };
                var created = await KeyTable.IssueAsync(transaction, actor, owner, newId, terms, cancellation);
                var rotated = await KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation);
                var after = KeyTable.Audited(rotated);
                after["rotated_to"] = newId.ToString("D");
                await KeyTable.RecordAsync(transaction, actor, "key.rotated", key, KeyTable.Audited(key), after, cancellation);
                await transaction.NotifyAsync(IdentityChannel.KeyChanged, cancellation);
                return new RotatedKey(created, rotated);
            },
            cancellation);

    public Task<ListedKey> GetAsync(string workspaceId, Guid keyId, CancellationToken cancellation = default) =>
        _transactions.RunAsync(WorkspaceScope.Of(workspaceId), transaction => KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation), cancellation);

    /// <summary>Oldest first.</summary>
    /// <param name="workspaceId">Where.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<KeyPage> ListAsync(string workspaceId, KeyFilter filter, TimedPlace? after, int limit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var place = after ?? default;
        return _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                NpgsqlParameter[] values =
                [
                    Text(workspaceId), new NpgsqlParameter<Guid?> { TypedValue = filter.UserId, DataTypeName = "uuid" },
                    MaybeText(filter.State is { } state ? KeyStateNames.Of(state) : null), Instant(place.At),
                    Id(place.Id), new NpgsqlParameter<int> { TypedValue = limit + 1 },
                ];
                var found = await KeyReader.ReadAsync(transaction, Page, values, cancellation);
                return new KeyPage([.. found.Take(limit)], found.Count > limit);
            },
            cancellation);
    }

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
                if (matches.Count == 0)
                {
                    throw new IdentityException(IdentityRefusal.KeyNotFound, prefix.Length <= ApiKeyText.PrefixLength
                        ? $"No key begins with \"{prefix}\". \"key list\" shows all prefixes."
                        : $"No key is the one that begins with \"{Shown(prefix)}\": give the {ApiKeyText.PrefixLength} characters that \"key list\" shows, or the whole key.");
                }


                var usable = matches.FindAll(key => key.RevokedAt is null);
                var candidates = usable.Count > 0 ? usable : matches;
                return candidates.Count == 1 ? candidates[0] : throw Ambiguous(prefix, candidates, usable.Count > 0);
            },
            cancellation);
    }

    private Task<T> WithLockedAsync<T>(
        Actor actor, string workspaceId, Guid keyId, Func<IdentityTransaction, ListedKey, Task<T>> work, CancellationToken cancellation) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                await DeviceDeletion.WaitAsync(transaction, workspaceId, cancellation);
                var key = await KeyTable.LockAsync(transaction, workspaceId, keyId, cancellation);
                MemberTable.RequireMayAppoint(actor, key.Role);
                return await work(transaction, key);
            },
            cancellation);

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

    private const string InWorkspaceOrAny = "WHERE ($2::text IS NULL OR k.workspace_id = $2) ORDER BY k.created_at, k.workspace_id, k.key_id";

    private const string ById = "WHERE k.key_id = $2";

    private const string ByPrefix = "WHERE starts_with(k.prefix, $2) ORDER BY k.created_at, k.workspace_id, k.key_id";

    private const string ByHash = "WHERE k.key_hash = $2";

    private const string Page = $"""
        WHERE k.workspace_id = $2 AND ($3::uuid IS NULL OR k.user_id = $3) AND ($4::text IS NULL OR {KeyReader.State} = $4) AND (k.created_at, k.key_id) > ($5, $6)
        ORDER BY k.created_at, k.key_id LIMIT $7
        """;

    private const string Revoke = "UPDATE api_keys SET revoked_at = $3, revision = revision + 1 WHERE workspace_id = $1 AND key_id = $2";

    // A service that has no key any more is none, and its name is free.
    private const string RemoveService = """
        UPDATE users AS u SET removed_at = $3, revision = revision + 1
        WHERE u.workspace_id = $1 AND u.user_id = $2
          AND NOT EXISTS (SELECT FROM api_keys AS k WHERE k.workspace_id = u.workspace_id AND k.user_id = u.user_id AND k.revoked_at IS NULL)
        """;

    private const string Rotate = """
        UPDATE api_keys SET rotated_at = $3, expires_at = LEAST(expires_at, $4), rotated_to = $5, revision = revision + 1 WHERE workspace_id = $1 AND key_id = $2
        """;
}

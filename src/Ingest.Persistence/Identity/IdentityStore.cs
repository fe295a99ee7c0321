using System.Globalization;
using System.Text;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>
/// What an operator does with workspaces and keys, by verb or by configuration at start. Each method is one transaction.
/// </summary>
/// <remarks>
/// Throws <see cref="IdentityException"/> where the request cannot be met, and <see cref="StoreUnavailableException"/> where
/// the database could not be asked; both messages are written for the person at the keyboard.
/// </remarks>
public sealed class IdentityStore
{
    /// <summary>The person a key belongs to where nobody is named.</summary>
    public const string DefaultUserName = "default";

    /// <summary>The person the configured key of a start belongs to.</summary>
    public const string BootstrapUserName = "bootstrap";

    /// <summary>The name of the workspace that the first start of an empty server makes.</summary>
    public const string FirstWorkspaceName = "default";

    /// <summary>A key chosen by a person: short ones can be guessed from their hash, and the visible prefix would show most of it.</summary>
    public const int MinimumBootstrapKeyLength = 24;

    /// <summary>Characters of a prefix that are asked for at least.</summary>
    public const int MinimumPrefixLength = 8;

    private const int MaximumNameLength = 200;

    private readonly NpgsqlDataSource _dataSource;
    private readonly IdentityTransactions _transactions;
    private readonly TimeProvider _time;

    internal IdentityStore(NpgsqlDataSource dataSource, IdentityTransactions transactions, TimeProvider time) =>
        (_dataSource, _transactions, _time) = (dataSource, transactions, time);

    /// <param name="name">What people call it.</param>
    /// <param name="workspaceId">The id it shall have; null makes one.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<CreatedWorkspace> CreateWorkspaceAsync(string name, string? workspaceId = null, CancellationToken cancellation = default)
    {
        name = CheckName(name, "workspace");
        if (workspaceId is not null) CheckWorkspaceId(workspaceId);

        return InTransactionAsync(
            async context =>
            {
                var created = new CreatedWorkspace(workspaceId ?? WorkspaceId.Generate(), name, _time.GetUtcNow());
                if (await InsertWorkspaceAsync(context, created, cancellation)) return created;

                var existing = await context.Workspaces.SingleAsync(workspace => workspace.WorkspaceId == created.WorkspaceId, cancellation);
                throw new IdentityException($"Workspace {existing.WorkspaceId} exists already; its name is \"{existing.Name}\".");
            },
            cancellation);
    }

    /// <summary>Makes a key for a person of the workspace, who is added when nobody of that name is there.</summary>
    /// <param name="workspaceId">An existing workspace.</param>
    /// <param name="role">The person's role; null keeps the role of somebody who exists and makes a member of somebody new.</param>
    /// <param name="userName">Whose key it is; null is <see cref="DefaultUserName"/>.</param>
    /// <param name="completeBy">What the silence of its envelopes means.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<CreatedKey> CreateKeyAsync(
        string workspaceId, UserRole? role = null, string? userName = null, Completeness completeBy = Completeness.Auto,
        CancellationToken cancellation = default)
    {
        userName = CheckName(userName ?? DefaultUserName, "person");
        return InTransactionAsync(
            async context =>
            {
                await RequireWorkspaceAsync(context, workspaceId, cancellation);
                var user = await FindOrAddUserAsync(context, workspaceId, userName, role, role ?? UserRole.Member, cancellation);
                return await AddGeneratedKeyAsync(context, user, completeBy, cancellation);
            },
            cancellation);
    }

    /// <summary>Revokes one key. Every running instance refuses it within a second.</summary>
    /// <param name="prefix">The beginning of the key, at least eight characters of it; or the whole key, or its key id.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<RevokedKey> RevokeKeyAsync(string prefix, CancellationToken cancellation = default)
    {
        prefix = CheckPrefix(prefix);
        return InTransactionAsync(
            async context =>
            {
                var key = await FindOneAsync(context, prefix, cancellation);
                if (key.RevokedAt is { } before) return Revoked(key, before, already: true);

                var now = _time.GetUtcNow();
                var changed = await context.ApiKeys
                    .Where(row => row.WorkspaceId == key.WorkspaceId && row.KeyId == key.KeyId && row.RevokedAt == null)
                    .ExecuteUpdateAsync(row => row.SetProperty(k => k.RevokedAt, now), cancellation);
                await NotifyAsync(context, IdentityChannel.KeyRevoked, cancellation);
                return Revoked(key, now, already: changed == 0);
            },
            cancellation);
    }

    /// <summary>Sets what the silence of a key's envelopes means. Every running instance goes by it within a second.</summary>
    /// <param name="prefix">As <see cref="RevokeKeyAsync"/> takes it.</param>
    /// <param name="completeBy">What it means from now on.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ChangedKey> SetCompletenessAsync(string prefix, Completeness completeBy, CancellationToken cancellation = default)
    {
        prefix = CheckPrefix(prefix);
        return InTransactionAsync(
            async context =>
            {
                var key = await FindOneAsync(context, prefix, cancellation);
                if (key.RevokedAt is { } revoked)
                    throw new IdentityException($"Key {key.Prefix}… of {key.UserName} in {key.WorkspaceId} was revoked at {Instant(revoked)}: nothing comes with it any more.");

                var changed = await context.ApiKeys
                    .Where(row => row.WorkspaceId == key.WorkspaceId && row.KeyId == key.KeyId && row.CompleteBy != completeBy)
                    .ExecuteUpdateAsync(row => row.SetProperty(k => k.CompleteBy, completeBy), cancellation);
                if (changed > 0) await NotifyAsync(context, IdentityChannel.KeyChanged, cancellation);
                return new ChangedKey(key.WorkspaceId, key.KeyId, key.Prefix, key.UserName, completeBy, changed > 0);
            },
            cancellation);
    }

    /// <summary>All keys, or those of one workspace, oldest first; revoked ones too.</summary>
    public Task<IReadOnlyList<ListedKey>> ListKeysAsync(string? workspaceId = null, CancellationToken cancellation = default) =>
        InTransactionAsync<IReadOnlyList<ListedKey>>(
            async context =>
            {
                if (workspaceId is null) return await Listed(context, context.ApiKeys).ToListAsync(cancellation);

                await RequireWorkspaceAsync(context, workspaceId, cancellation);
                return await Listed(context, context.ApiKeys.Where(key => key.WorkspaceId == workspaceId)).ToListAsync(cancellation);
            },
            cancellation);

    /// <summary>Switches maintenance: while it is on every request is answered 503, which a daemon takes as "try again later".</summary>
    public Task<MaintenanceState> SetMaintenanceAsync(bool on, CancellationToken cancellation = default) =>
        InTransactionAsync(
            async context =>
            {
                DateTimeOffset? since = on ? _time.GetUtcNow() : null;
                var changed = await context.ServerState
                    .Where(state => state.MaintenanceSince == null == on)
                    .ExecuteUpdateAsync(state => state.SetProperty(s => s.MaintenanceSince, since), cancellation);
                if (changed > 0)
                {
                    await NotifyAsync(context, IdentityChannel.MaintenanceSwitched, cancellation);
                    return new MaintenanceState(on, since, Changed: true);
                }

                var current = await context.ServerState.SingleOrDefaultAsync(cancellation)
                    ?? throw new IdentityException("The table server_state has lost its row: INSERT INTO server_state DEFAULT VALUES puts it back.");
                return new MaintenanceState(current.MaintenanceSince is not null, current.MaintenanceSince, Changed: false);
            },
            cancellation);

    /// <summary>Sees to it that a configured workspace and key exist. Done again, it changes nothing.</summary>
    /// <param name="workspaceId">Created when absent, with its id as its name.</param>
    /// <param name="apiKey">Created when absent, as an owner's key. One that belongs elsewhere or was revoked is refused.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<BootstrapOutcome> BootstrapAsync(string workspaceId, string apiKey, CancellationToken cancellation = default)
    {
        CheckWorkspaceId(workspaceId);
        if (!ApiKeyText.TryParse(apiKey, out var key) || key.Text.Length < MinimumBootstrapKeyLength)
        {
            throw new IdentityException(
                $"The configured API key ({apiKey?.Length ?? 0} characters) is not usable: a key is \"{ApiKeyText.Scheme}\" and then printable " +
                $"characters without spaces, {MinimumBootstrapKeyLength} to {ApiKeyText.MaximumLength} in all, chosen at random.");
        }

        return InTransactionAsync(
            async context =>
            {
                var workspace = new CreatedWorkspace(workspaceId, workspaceId, _time.GetUtcNow());
                var workspaceCreated = await InsertWorkspaceAsync(context, workspace, cancellation);

                var hash = key.Hash();
                var existing = await context.ApiKeys.SingleOrDefaultAsync(row => row.KeyHash == hash, cancellation);
                if (existing is null)
                {
                    var user = await FindOrAddUserAsync(context, workspaceId, BootstrapUserName, null, UserRole.Owner, cancellation);
                    if (await InsertKeyAsync(context, user, key, Guid.CreateVersion7(_time.GetUtcNow()), Completeness.Auto, cancellation))
                    {
                        await MarkBootstrappedAsync(context, cancellation);
                        return new BootstrapOutcome(workspaceId, key.Prefix, workspaceCreated, KeyCreated: true);
                    }

                    // Another instance was quicker between the look and the insert.
                    existing = await context.ApiKeys.SingleAsync(row => row.KeyHash == hash, cancellation);
                }

                // The exception rolls the workspace back: a refused start leaves nothing behind.
                if (!string.Equals(existing.WorkspaceId, workspaceId, StringComparison.Ordinal))
                {
                    throw new IdentityException(
                        $"The configured API key {existing.Prefix}… belongs to workspace {existing.WorkspaceId}, not to {workspaceId}: " +
                        "configure that workspace, or another key.");
                }

                if (existing.RevokedAt is { } revoked)
                {
                    throw new IdentityException(
                        $"The configured API key {existing.Prefix}… was revoked at {Instant(revoked)}: configure a new one.");
                }

                return new BootstrapOutcome(workspaceId, key.Prefix, workspaceCreated, KeyCreated: false);
            },
            cancellation);
    }

    /// <summary>
    /// Gives a server that has never held anything its first workspace and its owner's key. Exactly one of any number of
    /// instances that start together does so and gets the key; all others, and every later start, get null.
    /// </summary>
    public async Task<CreatedKey?> FirstStartAsync(CancellationToken cancellation = default)
    {
        // Nearly every start is a later one. Asked plainly it is ready sooner and smaller: Entity Framework's model is not built for it.
        if (await IdentityTransactions.AskedAsync(IsBootstrappedAsync, cancellation)) return null;

        return await InTransactionAsync(
            async context =>
            {
                // The update is the claim: a second instance waits here for the first one's commit, and then changes no row.
                if (!await MarkBootstrappedAsync(context, cancellation)) return null;
                if (await context.Workspaces.AnyAsync(cancellation) || await context.ApiKeys.AnyAsync(cancellation)) return null;

                var workspace = new CreatedWorkspace(WorkspaceId.Generate(), FirstWorkspaceName, _time.GetUtcNow());
                await InsertWorkspaceAsync(context, workspace, cancellation);
                var user = await FindOrAddUserAsync(context, workspace.WorkspaceId, DefaultUserName, UserRole.Owner, UserRole.Owner, cancellation);
                return (CreatedKey?)await AddGeneratedKeyAsync(context, user, Completeness.Auto, cancellation);
            },
            cancellation);
    }

    private async Task<bool> IsBootstrappedAsync(CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(_dataSource, WorkspaceScope.All);
        batch.Add("SELECT bootstrapped_at IS NOT NULL FROM server_state");
        return await batch.ReadValueAsync(cancellation) is true;
    }

    private Task<T> InTransactionAsync<T>(Func<IngestDbContext, Task<T>> work, CancellationToken cancellation) =>
        _transactions.RunAsync(WorkspaceScope.All, transaction => work(transaction.Context), cancellation);

    private static async Task<bool> InsertWorkspaceAsync(IngestDbContext context, CreatedWorkspace workspace, CancellationToken cancellation) =>
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO workspaces (workspace_id, name, created_at) VALUES ({workspace.WorkspaceId}, {workspace.Name}, {workspace.CreatedAt})
            ON CONFLICT (workspace_id) DO NOTHING
            """,
            cancellation) == 1;

    private async Task<UserRow> FindOrAddUserAsync(
        IngestDbContext context, string workspaceId, string name, UserRole? role, UserRole roleOfNew, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO users (workspace_id, user_id, name, role, created_at)
            VALUES ({workspaceId}, {Guid.CreateVersion7(now)}, {name}, {UserRoleColumn.Write(roleOfNew)}, {now})
            ON CONFLICT (workspace_id, name) WHERE removed_at IS NULL DO NOTHING
            """,
            cancellation);

        var user = await context.Users.SingleAsync(row => row.WorkspaceId == workspaceId && row.Name == name && row.RemovedAt == null, cancellation);
        if (role is null || user.Role == role) return user;

        throw new IdentityException(
            $"\"{name}\" is a {UserRoleColumn.Write(user.Role)} in workspace {workspaceId}, and all keys of a person have that person's role: " +
            $"leave the role out, or name somebody else to be a {UserRoleColumn.Write(role.Value)}.");
    }

    private async Task<CreatedKey> AddGeneratedKeyAsync(IngestDbContext context, UserRow user, Completeness completeBy, CancellationToken cancellation)
    {
        var key = ApiKeyText.Generate();
        var now = _time.GetUtcNow();
        var keyId = Guid.CreateVersion7(now);
        await InsertKeyAsync(context, user, key, keyId, completeBy, cancellation);
        return new CreatedKey(user.WorkspaceId, keyId, key.Text, key.Prefix, user.Name, user.Role, now, completeBy);
    }

    // Nobody is notified: no instance remembers that a key is absent, so there is nothing to forget.
    private async Task<bool> InsertKeyAsync(
        IngestDbContext context, UserRow user, ApiKeyText key, Guid keyId, Completeness completeBy, CancellationToken cancellation) =>
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO api_keys (workspace_id, key_id, user_id, key_hash, prefix, created_at, complete_by, scopes)
            VALUES ({user.WorkspaceId}, {keyId}, {user.UserId}, {key.Hash()}, {key.Prefix}, {_time.GetUtcNow()}, {CompletenessColumn.Write(completeBy)},
                    {KeyScopesColumn.Write(UserRoles.ScopesOf(user.Role))})
            ON CONFLICT (key_hash) DO NOTHING
            """,
            cancellation) == 1;

    private async Task<bool> MarkBootstrappedAsync(IngestDbContext context, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        return await context.ServerState
            .Where(state => state.BootstrappedAt == null)
            .ExecuteUpdateAsync(state => state.SetProperty(s => s.BootstrappedAt, now), cancellation) == 1;
    }

    private static Task<int> NotifyAsync(IngestDbContext context, string what, CancellationToken cancellation) =>
        context.Database.ExecuteSqlAsync($"SELECT pg_notify({IdentityChannel.Name}, {what})", cancellation);

    private static async Task RequireWorkspaceAsync(IngestDbContext context, string workspaceId, CancellationToken cancellation)
    {
        if (await context.Workspaces.AnyAsync(workspace => workspace.WorkspaceId == workspaceId, cancellation)) return;
        throw new IdentityException(
            $"There is no workspace \"{workspaceId}\". \"workspace create --name NAME\" makes one and prints its id; " +
            "\"key list\" shows the workspaces that have keys.");
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

    /// <summary>The one key meant: of several, the one that is not revoked.</summary>
    private static async Task<ListedKey> FindOneAsync(IngestDbContext context, string prefix, CancellationToken cancellation)
    {
        var matches = await Matching(context, prefix).ToListAsync(cancellation);
        if (matches.Count == 0) throw new IdentityException($"No key begins with \"{Shown(prefix)}\". \"key list\" shows all prefixes.");

        var active = matches.FindAll(key => key.RevokedAt is null);
        var candidates = active.Count > 0 ? active : matches;
        return candidates.Count == 1 ? candidates[0] : throw Ambiguous(prefix, candidates, active.Count > 0);
    }

    private static IQueryable<ListedKey> Matching(IngestDbContext context, string prefix)
    {
        if (Guid.TryParseExact(prefix, "D", out var keyId)) return Listed(context, context.ApiKeys.Where(key => key.KeyId == keyId));
        if (prefix.Length <= ApiKeyText.PrefixLength) return Listed(context, context.ApiKeys.Where(key => key.Prefix.StartsWith(prefix)));

        // Longer than what is stored in clear: only the whole key can still be recognised.
        var hash = ApiKeyText.TryParse(prefix, out var whole) ? whole.Hash() : [];
        return Listed(context, context.ApiKeys.Where(key => key.KeyHash == hash));
    }

    private static IQueryable<ListedKey> Listed(IngestDbContext context, IQueryable<ApiKeyRow> keys) =>
        from key in keys
        join user in context.Users on new { key.WorkspaceId, key.UserId } equals new { user.WorkspaceId, user.UserId }
        orderby key.CreatedAt, key.WorkspaceId, key.KeyId
        select new ListedKey(
            key.WorkspaceId, key.KeyId, key.Prefix, user.Name, user.Role, key.CreatedAt, key.RevokedAt, key.LastUsedAt, key.LastPolledAt,
            key.CompleteBy);

    private static IdentityException Ambiguous(string prefix, List<ListedKey> candidates, bool active)
    {
        var lines = candidates.Select(key => $"\n  {key.Prefix}…  {key.KeyId}  {key.UserName} in {key.WorkspaceId}, created {Instant(key.CreatedAt)}");
        var what = active ? "Several keys begin" : "Several keys, all of them revoked, begin";
        return new IdentityException($"{what} with \"{Shown(prefix)}\"; give more of it, or the key id:{string.Concat(lines)}");
    }

    private static RevokedKey Revoked(ListedKey key, DateTimeOffset at, bool already) =>
        new(key.WorkspaceId, key.KeyId, key.Prefix, key.UserName, at, already);

    // Somebody may have pasted a whole key that belongs to another server: messages end up in logs and tickets.
    private static string Shown(string prefix) => prefix.Length <= ApiKeyText.PrefixLength ? prefix : prefix[..ApiKeyText.PrefixLength] + "…";

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void CheckWorkspaceId(string? workspaceId)
    {
        if (WorkspaceId.IsValid(workspaceId)) return;
        throw new IdentityException(
            $"\"{workspaceId}\" is no workspace id: 1 to {WorkspaceId.MaximumLength} letters, digits, \"_\" and \"-\", such as {WorkspaceId.Generate()}.");
    }

    internal static string CheckName(string? name, string whose)
    {
        name = name?.Trim() ?? "";
        if (name.Length is >= 1 and <= MaximumNameLength && !name.EnumerateRunes().Any(IsUnfit)) return name;
        throw new IdentityException($"\"{name}\" cannot name a {whose}: 1 to {MaximumNameLength} characters, none of them a control character.");
    }

    // A lone surrogate is enumerated as the replacement character; the database could not hold it.
    private static bool IsUnfit(Rune rune) => Rune.IsControl(rune) || rune == Rune.ReplacementChar;
}

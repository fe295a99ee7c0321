using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>What is about the server itself: its first workspace and key, and maintenance.</summary>
public sealed class ServerSetup
{
    /// <summary>The person the configured key of a start belongs to.</summary>
    public const string BootstrapUserName = "bootstrap";

    /// <summary>The name of the workspace that the first start of an empty server makes.</summary>
    public const string FirstWorkspaceName = "default";

    private readonly NpgsqlDataSource _dataSource;
    private readonly IdentityTransactions _transactions;

    internal ServerSetup(NpgsqlDataSource dataSource, IdentityTransactions transactions) => (_dataSource, _transactions) = (dataSource, transactions);

    /// <summary>Switches maintenance: while it is on every request is answered 503, which a daemon takes as "try again later".</summary>
    public Task<MaintenanceState> SetMaintenanceAsync(bool on, CancellationToken cancellation = default) =>
        _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                DateTimeOffset? since = on ? transaction.Now : null;
                var changed = await transaction.Context.ServerState
                    .Where(state => state.MaintenanceSince == null == on)
                    .ExecuteUpdateAsync(state => state.SetProperty(s => s.MaintenanceSince, since), cancellation);
                if (changed > 0)
                {
                    await transaction.NotifyAsync(IdentityChannel.MaintenanceSwitched, cancellation);
                    return new MaintenanceState(on, since, Changed: true);
                }

                var current = await transaction.Context.ServerState.SingleOrDefaultAsync(cancellation)
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
        WorkspaceTable.CheckId(workspaceId);
        if (!ApiKeyText.TryParseChosen(apiKey, out var key))
            throw new IdentityException($"The configured API key ({apiKey?.Length ?? 0} characters) is not usable: {ApiKeyText.ChosenRule}.");

        return _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                var context = transaction.Context;
                var workspaceCreated = await WorkspaceTable.InsertAsync(transaction, Actor.Operator, workspaceId, workspaceId, cancellation);

                var hash = key.Hash();
                var existing = await context.ApiKeys.SingleOrDefaultAsync(row => row.KeyHash == hash, cancellation);
                if (existing is null)
                {
                    var user = await MemberTable.FindOrAddAsync(transaction, Actor.Operator, workspaceId, BootstrapUserName, null, UserRole.Owner, cancellation);
                    if (await KeyTable.TryInsertAsync(transaction, user, hash, key.Prefix, new KeyTerms(UserRoles.ScopesOf(user.Role)), cancellation) is { } keyId)
                    {
                        var listed = await KeyReader.GetAsync(transaction, workspaceId, keyId, cancellation);
                        await KeyTable.RecordAsync(transaction, Actor.Operator, "key.created", listed, null, KeyTable.Audited(listed), cancellation);
                        await MarkBootstrappedAsync(transaction, cancellation);
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
                        $"The configured API key {existing.Prefix}… was revoked at {IdentityTexts.Instant(revoked)}: configure a new one.");
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

        return await _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                // The update is the claim: a second instance waits here for the first one's commit, and then changes no row.
                if (!await MarkBootstrappedAsync(transaction, cancellation)) return null;
                if (await transaction.Context.Workspaces.AnyAsync(cancellation) || await transaction.Context.ApiKeys.AnyAsync(cancellation)) return null;

                var workspaceId = WorkspaceId.Generate();
                await WorkspaceTable.InsertAsync(transaction, Actor.Operator, workspaceId, FirstWorkspaceName, cancellation);
                var user = await MemberTable.InsertAsync(transaction, Actor.Operator, workspaceId, KeyOwner.DefaultName, UserRole.Owner, isService: false, cancellation);
                return (CreatedKey?)await KeyTable.IssueAsync(transaction, Actor.Operator, user, new KeyTerms(UserRoles.ScopesOf(user.Role)), cancellation);
            },
            cancellation);
    }

    private async Task<bool> IsBootstrappedAsync(CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(_dataSource, WorkspaceScope.All);
        batch.Add("SELECT bootstrapped_at IS NOT NULL FROM server_state");
        return await batch.ReadValueAsync(cancellation) is true;
    }

    private static async Task<bool> MarkBootstrappedAsync(IdentityTransaction transaction, CancellationToken cancellation)
    {
        var now = transaction.Now;
        return await transaction.Context.ServerState
            .Where(state => state.BootstrappedAt == null)
            .ExecuteUpdateAsync(state => state.SetProperty(s => s.BootstrappedAt, now), cancellation) == 1;
    }
}

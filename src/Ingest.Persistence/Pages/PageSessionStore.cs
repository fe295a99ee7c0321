using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Pages;

/// <summary>Who is signed in to the pages.</summary>
public sealed class PageSessionStore : IDisposable
{
    /// <summary>A working day; then people sign in again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Of one person: with one more, the oldest ends.</summary>
    public const int MostOfPerson = 50;

    // A session is as good as its key is now. One that began with a link is as good as its person, with all that the role has.
    private const string Sql = $"""
        SELECT state.maintenance_since IS NOT NULL, session.session_id, session.expires_at, w.name, session.key_id IS NULL, {CallerTable.Columns}
        FROM (SELECT) AS always
        LEFT JOIN server_state AS state ON true
        LEFT JOIN page_sessions AS session ON session.token_hash = $1 AND session.expires_at > $2
        LEFT JOIN workspaces AS w ON w.workspace_id = session.workspace_id
        LEFT JOIN LATERAL (
            {CallerTable.OfKeys} AND k.workspace_id = session.workspace_id AND k.key_id = session.key_id AND (k.expires_at IS NULL OR k.expires_at > $2)
            UNION ALL
            SELECT p.workspace_id, session.session_id, p.user_id, p.role, '', 'auto', $3, p.name, NULL, NULL, NULL, false, NULL
            FROM users AS p
            WHERE session.key_id IS NULL AND p.workspace_id = session.workspace_id AND p.user_id = session.user_id AND p.removed_at IS NULL) AS found ON true
        """;

    private readonly NpgsqlDataSource _database;
    private readonly IdentityTransactions _transactions;
    private readonly TimeProvider _time;
    private readonly LookUps _lookUps;

    internal PageSessionStore(NpgsqlDataSource database, IdentityTransactions transactions, TimeProvider time)
    {
        (_database, _transactions, _time) = (database, transactions, time);
        _lookUps = new LookUps("The database could not say who is signed in.", time);
    }

    /// <exception cref="StoreUnavailableException">The database could not answer; nothing is known about the session.</exception>
    public Task<PageLookup> FindAsync(PageToken token, CancellationToken cancellation) =>
        _lookUps.AskAsync(either => ReadAsync(token, either), cancellation);

    /// <summary>Begins a session for somebody who was shown to be who they say.</summary>
    /// <returns>Its token, which exists only here and in the cookie.</returns>
    public Task<PageToken> BeginAsync(PageIdentity identity, Actor actor, CancellationToken cancellation) =>
        _transactions.RunAsync(WorkspaceScope.Of(identity.WorkspaceId), transaction => BeginAsync(transaction, identity, actor, cancellation), cancellation);

    /// <summary>Nobody is signed in with it any more.</summary>
    public Task<bool> EndAsync(PageSession session, Actor actor, CancellationToken cancellation)
    {
        var caller = session.Caller;
        return _transactions.RunAsync(
            WorkspaceScope.Of(caller.WorkspaceId),
            async transaction =>
            {
                var ended = await transaction.Context.Database.ExecuteSqlAsync(
                    $"DELETE FROM page_sessions WHERE workspace_id = {caller.WorkspaceId} AND session_id = {session.SessionId}", cancellation);
                if (ended == 0) return false;
                await transaction.RecordAsync(
                    caller.WorkspaceId, actor, new AuditEntry("member.signed_out", AuditSubject.Member(caller.UserId, caller.UserName)), cancellation);
                return true;
            },
            cancellation);
    }

    public void Dispose() => _lookUps.Dispose();

    internal static async Task<PageToken> BeginAsync(IdentityTransaction transaction, PageIdentity identity, Actor actor, CancellationToken cancellation)
    {
        var token = PageToken.Generate();
        await transaction.Context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO page_sessions (workspace_id, session_id, token_hash, user_id, key_id, began_at, expires_at)
            VALUES ({identity.WorkspaceId}, {Guid.CreateVersion7(transaction.Now)}, {token.Hash()}, {identity.UserId}, {identity.KeyId}, {transaction.Now}, {transaction.Now + Lifetime})
            """,
            cancellation);
        await transaction.Context.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM page_sessions WHERE workspace_id = {identity.WorkspaceId} AND session_id IN (
                SELECT session_id FROM page_sessions WHERE workspace_id = {identity.WorkspaceId} AND user_id = {identity.UserId} ORDER BY began_at DESC, session_id DESC OFFSET {MostOfPerson})
            """,
            cancellation);
        await transaction.RecordAsync(
            identity.WorkspaceId, actor, new AuditEntry("member.signed_in", AuditSubject.Member(identity.UserId, actor.Name)), cancellation);
        return token;
    }

    private async Task<PageLookup> ReadAsync(PageToken token, CancellationToken cancellation)
    {
        // Of which workspace a session is, only its row tells.
        await using var batch = new ScopedBatch(_database, WorkspaceScope.All);
        var values = batch.Add(Sql);
        values.Add(new NpgsqlParameter<byte[]> { TypedValue = token.Hash() });
        values.Add(new NpgsqlParameter<DateTime> { TypedValue = _time.GetUtcNow().UtcDateTime });
        values.Add(new NpgsqlParameter<string[]> { TypedValue = KeyScopesColumn.Write(KeyScopes.All) });
        await using var row = await batch.ReadAsync(cancellation);
        await row.ReadAsync(cancellation);
        if (row.GetBoolean(0)) return new PageLookup(IsMaintenance: true, null);
        if (row.IsDBNull(1) || row.IsDBNull(5)) return default;

        var caller = CallerTable.Read(row, 5) with { IsOfLink = row.GetBoolean(4) };
        return new PageLookup(IsMaintenance: false, new PageSession(row.GetGuid(1), caller, row.GetString(3), row.InstantAt(2)!.Value));
    }
}

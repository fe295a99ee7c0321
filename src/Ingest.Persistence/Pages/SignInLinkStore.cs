using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Members;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Pages;

/// <summary>How people come to the pages without a key: an operator makes a link for them, and they use it, once.</summary>
/// <remarks>
/// Throws <see cref="IdentityException"/> where something cannot be done, and <see cref="StoreUnavailableException"/> where the database could not be
/// asked; both messages are written for people.
/// </remarks>
public sealed class SignInLinkStore
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly IdentityTransactions _transactions;

    internal SignInLinkStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <param name="workspaceId">Where.</param>
    /// <param name="userId">For whom.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<CreatedLink> CreateAsOperatorAsync(string workspaceId, Guid userId, CancellationToken cancellation) => _transactions.RunAsync(
        WorkspaceScope.Of(workspaceId),
        async transaction =>
        {
            var user = await MemberTable.HoldAsync(transaction, workspaceId, userId, cancellation);
            var (token, expiresAt) = (PageToken.Generate(), transaction.Now + Lifetime);
            await transaction.Context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO sign_in_links (workspace_id, link_id, token_hash, user_id, created_at, expires_at)
                VALUES ({workspaceId}, {Guid.CreateVersion7(transaction.Now)}, {token.Hash()}, {userId}, {transaction.Now}, {expiresAt})
                """,
                cancellation);
            await transaction.RecordAsync(workspaceId, Actor.Operator, new AuditEntry("member.link_created", AuditSubject.Member(userId, user.Name)), cancellation);
            return new CreatedLink(workspaceId, userId, user.Name, expiresAt, token.Text);
        },
        cancellation);

    /// <summary>Signs somebody in with the token of a link, exactly once.</summary>
    /// <param name="token">As it stands in the link.</param>
    /// <param name="address">From where.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The token of the session.</returns>
    public Task<PageToken> UseAsync(string? token, string? address, CancellationToken cancellation)
    {
        if (!PageToken.TryParse(token, out var presented)) throw Unknown();
        return _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                // Whose it is only its row tells; from then on the transaction sees that workspace alone. A second one waits here, and finds it used.
                var (workspaceId, userId, expiresAt, isUsed) = await FindAsync(transaction, presented, cancellation) ?? throw Unknown();
                await WorkspaceScope.Of(workspaceId).EnterAsync(transaction.Connection, cancellation);
                if (isUsed) throw Spent("was used already");
                if (expiresAt <= transaction.Now) throw Spent($"expired at {IdentityTexts.Instant(expiresAt)}");

                var user = await MemberTable.HoldAsync(transaction, workspaceId, userId, cancellation);
                await transaction.Context.Database.ExecuteSqlAsync(
                    $"UPDATE sign_in_links SET used_at = {transaction.Now} WHERE workspace_id = {workspaceId} AND token_hash = {presented.Hash()}", cancellation);
                var actor = new Actor(ActorKind.Code, user.Name, user.Role, userId, Address: address);
                return await PageSessionStore.BeginAsync(transaction, new PageIdentity(workspaceId, userId, KeyId: null), actor, cancellation);
            },
            cancellation);
    }

    private static async Task<(string WorkspaceId, Guid UserId, DateTimeOffset ExpiresAt, bool IsUsed)?> FindAsync(
        IdentityTransaction transaction, PageToken token, CancellationToken cancellation)
    {
        await using var command = transaction.Command(
            "SELECT workspace_id, user_id, expires_at, used_at IS NOT NULL FROM sign_in_links WHERE token_hash = $1 FOR UPDATE",
            new NpgsqlParameter<byte[]> { TypedValue = token.Hash() });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetString(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), row.GetBoolean(3)) : null;
    }

    private static IdentityException Spent(string what) => new(IdentityRefusal.CodeSpent, $"This link {what}. Ask whoever runs the server for another one: ingest sign-in-link");

    private static IdentityException Unknown() => new(IdentityRefusal.CodeUnknown, "This link is not known here. Open it as it was given to you, or ask for another one.");
}

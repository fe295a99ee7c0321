using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Members;

/// <summary>The people of a workspace. Each method is one transaction, with its entry in the audit log.</summary>
/// <remarks>
/// Throws <see cref="IdentityException"/> where the request cannot be met, and <see cref="StoreUnavailableException"/> where
/// the database could not be asked; both messages are written for a person.
/// </remarks>
public sealed class MemberStore
{
    private readonly IdentityTransactions _transactions;

    internal MemberStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <summary>Oldest first.</summary>
    /// <param name="workspaceId">Where.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<MemberPage> ListAsync(string workspaceId, TimedPlace? after, int limit, CancellationToken cancellation = default) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var place = after ?? default;
                var found = await MemberReader.ReadAsync(
                    transaction, Page, [Text(workspaceId), Instant(place.At), Id(place.Id), new NpgsqlParameter<int> { TypedValue = limit + 1 }],
                    cancellation);
                return new MemberPage([.. found.Take(limit)], found.Count > limit);
            },
            cancellation);

    /// <summary>Those of all workspaces, or of one, oldest first.</summary>
    public Task<IReadOnlyList<ListedMember>> ListAsync(string? workspaceId = null, CancellationToken cancellation = default) =>
        _transactions.RunAsync<IReadOnlyList<ListedMember>>(
            WorkspaceScope.All,
            async transaction =>
            {
                if (workspaceId is not null) await WorkspaceTable.RequireAsync(transaction, workspaceId, cancellation);
                return await MemberReader.ReadAsync(transaction, All, [new NpgsqlParameter<string?> { TypedValue = workspaceId, DataTypeName = "text" }], cancellation);
            },
            cancellation);

    public Task<ListedMember> GetAsync(string workspaceId, Guid userId, CancellationToken cancellation = default) =>
        _transactions.RunAsync(WorkspaceScope.Of(workspaceId), transaction => MemberReader.GetAsync(transaction, workspaceId, userId, cancellation), cancellation);

    /// <summary>The one an operator means.</summary>
    /// <param name="workspaceId">Where.</param>
    /// <param name="who">Their name, or their user id.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedMember> MeantByAsync(string workspaceId, string who, CancellationToken cancellation = default) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                await WorkspaceTable.RequireAsync(transaction, workspaceId, cancellation);
                var found = await MemberReader.ReadAsync(transaction, Meant, [Text(workspaceId), Text(who)], cancellation);
                return found is [var member, ..]
                    ? member
                    : throw new IdentityException(IdentityRefusal.MemberNotFound, $"Nobody in workspace {workspaceId} is called \"{who}\". \"member list\" shows all.");
            },
            cancellation);

    /// <summary>Adds a person, who has no key yet.</summary>
    public Task<ListedMember> AddAsync(Actor actor, string workspaceId, string name, UserRole role, CancellationToken cancellation = default)
    {
        name = IdentityTexts.Name(name, "person");
        return _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                MemberTable.RequireMayAppoint(actor, role);
                await WorkspaceTable.RequireAsync(transaction, workspaceId, cancellation);
                var added = await MemberTable.InsertAsync(transaction, actor, workspaceId, name, role, isService: false, cancellation);
                return await MemberReader.GetAsync(transaction, workspaceId, added.UserId, cancellation);
            },
            cancellation);
    }

    /// <summary>Another name or role. What a key can do ends with the role, everywhere within a second; so does what they let others in with, where they may not any more.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="workspaceId">Where.</param>
    /// <param name="userId">To whom.</param>
    /// <param name="change">What they are from now on.</param>
    /// <param name="expected">The revision it was decided on; null is any.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedMember> ChangeAsync(
        Actor actor, string workspaceId, Guid userId, MemberChange change, int? expected = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var wanted = change.Name is null ? null : IdentityTexts.Name(change.Name, "person");
        return WithLockedAsync(
            actor,
            workspaceId,
            userId,
            expected,
            async (transaction, before) =>
            {
                var (name, role) = (wanted ?? before.Name, change.Role ?? before.Role);
                if (name == before.Name && role == before.Role) return before;

                MemberTable.RequireMayAppoint(actor, role);
                if (role != UserRole.Owner) await RequireAnotherOwnerAsync(transaction, before, cancellation);
                var after = MemberTable.Audited(name, role);
                if (UserRoles.LosesAppointing(before.Role, role))
                {
                    after["invites_revoked"] = await EndAsync(transaction, EndInvites, before, cancellation);
                    after["enrolments_ended"] = await EndAsync(transaction, EndEnrolmentsTheyMade, before, cancellation);
                }

                await MemberTable.SetAsync(transaction, workspaceId, userId, name, role, cancellation);
                var entry = new AuditEntry("member.changed", AuditSubject.Member(userId, name), MemberTable.Audited(before.Name, before.Role), after);
                await transaction.RecordAsync(workspaceId, actor, entry, cancellation);
                await transaction.NotifyAsync(IdentityChannel.MemberChanged, cancellation);
                return await MemberReader.GetAsync(transaction, workspaceId, userId, cancellation);
            },
            cancellation);
    }

    /// <summary>Removes somebody: their keys, their open enrolments, and the invites and enrolments they made end at once; their devices, and what those sent, stay.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="workspaceId">Where.</param>
    /// <param name="userId">Whom.</param>
    /// <param name="expected">The revision it was decided on; null is any.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<RemovedMember> RemoveAsync(Actor actor, string workspaceId, Guid userId, int? expected = null, CancellationToken cancellation = default) =>
        WithLockedAsync(
            actor,
            workspaceId,
            userId,
            expected,
            async (transaction, before) =>
            {
                await RequireAnotherOwnerAsync(transaction, before, cancellation);
                // These before the person: whoever accepts or redeems one holds it first, and the person then.
                var invites = await EndAsync(transaction, EndInvites, before, cancellation);
                var enrolments = await EndAsync(transaction, EndEnrolments, before, cancellation);
                await EndAsync(transaction, Remove, before, cancellation);
                var keys = await EndAsync(transaction, RevokeKeys, before, cancellation);

                var after = new JsonObject { ["keys_revoked"] = keys, ["enrolments_ended"] = enrolments, ["invites_revoked"] = invites };
                var entry = new AuditEntry("member.removed", AuditSubject.Member(userId, before.Name), MemberTable.Audited(before.Name, before.Role), after);
                await transaction.RecordAsync(workspaceId, actor, entry, cancellation);
                await transaction.NotifyAsync(IdentityChannel.MemberChanged, cancellation);
                return new RemovedMember(workspaceId, userId, before.Name, transaction.Now, keys, enrolments, invites);
            },
            cancellation);

    /// <summary>Under the lock of the workspace: who owns it is decided by one at a time, so that the last owner cannot go twice.</summary>
    private Task<T> WithLockedAsync<T>(
        Actor actor, string workspaceId, Guid userId, int? expected, Func<IdentityTransaction, ListedMember, Task<T>> work, CancellationToken cancellation) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                await WorkspaceTable.LockAsync(transaction, workspaceId, cancellation);
                var before = await MemberReader.GetAsync(transaction, workspaceId, userId, cancellation);
                MemberTable.RequireMayAppoint(actor, before.Role);
                IdentityTexts.RequireRevision(expected, before.Revision);
                return await work(transaction, before);
            },
            cancellation);

    private static async Task RequireAnotherOwnerAsync(IdentityTransaction transaction, ListedMember member, CancellationToken cancellation)
    {
        if (member.Role != UserRole.Owner) return;
        await using var others = transaction.Command(OtherOwners, Text(member.WorkspaceId), Id(member.UserId));
        if (await others.ExecuteScalarAsync(cancellation) is true) return;
        throw new IdentityException(IdentityRefusal.LastOwner, $"{member.Name} is the last owner of workspace {member.WorkspaceId}: make somebody else an owner first.");
    }

    /// <returns>How much ended.</returns>
    private static async Task<int> EndAsync(IdentityTransaction transaction, string sql, ListedMember member, CancellationToken cancellation)
    {
        await using var end = transaction.Command(sql, Text(member.WorkspaceId), Id(member.UserId), Instant(transaction.Now));
        return await end.ExecuteNonQueryAsync(cancellation);
    }

    private const string Page = "AND u.workspace_id = $2 AND (u.created_at, u.user_id) > ($3, $4) ORDER BY u.created_at, u.user_id LIMIT $5";

    private const string All = "AND ($2::text IS NULL OR u.workspace_id = $2) ORDER BY u.created_at, u.workspace_id, u.user_id";

    // Whose name looks like the id of another is still meant by it first.
    private const string Meant = "AND u.workspace_id = $2 AND (u.name = $3 OR u.user_id::text = lower($3)) ORDER BY u.name = $3 DESC";

    private const string OtherOwners = """
        SELECT EXISTS (SELECT FROM users WHERE workspace_id = $1 AND user_id <> $2 AND role = 'owner' AND kind = 'person' AND removed_at IS NULL)
        """;

    private const string Remove = "UPDATE users SET removed_at = $3, revision = revision + 1 WHERE workspace_id = $1 AND user_id = $2";

    private const string RevokeKeys = """
        UPDATE api_keys SET revoked_at = $3, revision = revision + 1 WHERE workspace_id = $1 AND user_id = $2 AND revoked_at IS NULL
        """;

    private const string EndInvites = """
        UPDATE invites SET revoked_at = $3
        WHERE workspace_id = $1 AND created_by_user_id = $2 AND uses < most_uses AND revoked_at IS NULL AND expires_at > $3
        """;

    private const string EndEnrolments = """
        UPDATE enrolments SET revoked_at = $3
        WHERE workspace_id = $1 AND (user_id = $2 OR created_by_user_id = $2) AND redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > $3
        """;

    private const string EndEnrolmentsTheyMade = """
        UPDATE enrolments SET revoked_at = $3
        WHERE workspace_id = $1 AND created_by_user_id = $2 AND redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > $3
        """;
}

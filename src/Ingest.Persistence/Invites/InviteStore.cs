using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Ingest.Persistence.Invites;

/// <summary>How people get in: somebody who may makes an invite, and whoever has its token accepts it.</summary>
/// <remarks>
/// Throws <see cref="IdentityException"/> where something cannot be done, and <see cref="StoreUnavailableException"/> where the database could not be
/// asked; both messages are written for people.
/// </remarks>
public sealed class InviteStore
{
    public const int DefaultDays = 7;
    public const int MostDays = 90;
    public const int MostPeople = 1000;

    private readonly IdentityTransactions _transactions;

    internal InviteStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <param name="workspaceId">Where to.</param>
    /// <param name="actor">Who invites; nobody invites into a role that they may not give.</param>
    /// <param name="wish">Whom.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<CreatedInvite> CreateAsync(string workspaceId, Actor actor, InviteWish wish, CancellationToken cancellation)
    {
        if (!UserRoles.MayAppoint(actor.Role, wish.Role))
            throw new IdentityException(IdentityRefusal.OwnerNeeded, $"Only an owner may invite somebody to be an {UserRoles.NameOf(wish.Role)}.");

        return _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                await WorkspaceTable.RequireAsync(transaction, workspaceId, cancellation);
                var token = InviteToken.Generate();
                var row = new InviteRow
                {
                    WorkspaceId = workspaceId,
                    InviteId = Guid.CreateVersion7(transaction.Now),
                    TokenHash = token.Hash(),
                    Role = wish.Role,
                    Note = string.IsNullOrWhiteSpace(wish.Note) ? null : wish.Note.Trim(),
                    CreatedAt = transaction.Now,
                    CreatedBy = actor.Name,
                    CreatedByUserId = actor.UserId,
                    ExpiresAt = transaction.Now.AddDays(wish.Days),
                    MostUses = wish.MostUses,
                };
                transaction.Context.Add(row);
                await transaction.Context.SaveChangesAsync(cancellation);
                var after = new JsonObject
                {
                    ["role"] = UserRoles.NameOf(row.Role), ["expires_at"] = row.ExpiresAt.ToString("O", CultureInfo.InvariantCulture), ["most_uses"] = row.MostUses,
                };
                await transaction.RecordAsync(workspaceId, actor, new AuditEntry("invite.created", AuditSubject.Invite(row.InviteId, row.Note), After: after), cancellation);
                return new CreatedInvite(Listed(row, transaction.Now), token.Text);
            },
            cancellation);
    }

    /// <summary>The newest first.</summary>
    /// <param name="workspaceId">Where to; null is every workspace, for who stands above them.</param>
    /// <param name="state">Only those; null is all.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<InvitePage> ListAsync(string? workspaceId, InviteState? state, TimedPlace? after, int limit, CancellationToken cancellation) =>
        _transactions.RunAsync(
            workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var rows = transaction.Context.Set<InviteRow>().AsQueryable();
                if (workspaceId is not null) rows = rows.Where(row => row.WorkspaceId == workspaceId);
                rows = In(rows, state, transaction.Now);
                if (after is { } place)
                {
                    rows = rows.Where(row => EF.Functions.LessThan(ValueTuple.Create(row.CreatedAt, row.InviteId), ValueTuple.Create(place.At, place.Id)));
                }

                var found = await rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.InviteId).Take(limit + 1).ToListAsync(cancellation);
                return new InvitePage([.. found.Take(limit).Select(row => Listed(row, transaction.Now))], found.Count > limit);
            },
            cancellation);

    /// <summary>Nobody accepts it any more; who did stays. Of one that is revoked, spent or expired already nothing changes.</summary>
    /// <param name="workspaceId">Where to; null is looked up, for who stands above workspaces.</param>
    /// <param name="actor">Who takes it back.</param>
    /// <param name="inviteId">The invite.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedInvite> RevokeAsync(string? workspaceId, Actor actor, Guid inviteId, CancellationToken cancellation) =>
        _transactions.RunAsync(
            workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var row = await transaction.Context.Set<InviteRow>()
                    .FromSql($"SELECT * FROM invites WHERE ({workspaceId}::text IS NULL OR workspace_id = {workspaceId}) AND invite_id = {inviteId} FOR UPDATE")
                    .SingleOrDefaultAsync(cancellation)
                    ?? throw new IdentityException(IdentityRefusal.InviteNotFound, "There is no such invite.");
                var before = Listed(row, transaction.Now);
                if (before.State != InviteState.Open) return before;
                if (!UserRoles.MayAppoint(actor.Role, row.Role))
                    throw new IdentityException(IdentityRefusal.OwnerNeeded, $"Only an owner may take back an invite to be an {UserRoles.NameOf(row.Role)}.");

                await transaction.Context.Set<InviteRow>().Where(invite => invite.WorkspaceId == row.WorkspaceId && invite.InviteId == inviteId)
                    .ExecuteUpdateAsync(invite => invite.SetProperty(i => i.RevokedAt, transaction.Now), cancellation);
                await transaction.RecordAsync(row.WorkspaceId, actor, new AuditEntry("invite.revoked", AuditSubject.Invite(inviteId, row.Note)), cancellation);
                return before with { State = InviteState.Revoked, RevokedAt = transaction.Now };
            },
            cancellation);

    /// <summary>Makes whoever has the token a member, with a first key.</summary>
    /// <param name="token">As it was sent.</param>
    /// <param name="name">What the workspace shall call them; null is what they are called where they are known.</param>
    /// <param name="known">Who it is, where they came with the key of another workspace: the same person is then in both.</param>
    /// <param name="address">From where.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<NewMember> AcceptAsync(string? token, string? name, Caller? known, string? address, CancellationToken cancellation)
    {
        if (!InviteToken.TryParse(token, out var typed)) throw Unknown();
        var userName = IdentityTexts.Name(name ?? known?.UserName, "person");
        var hash = typed.Hash();
        return _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                // Where it leads to only its row tells; from then on the transaction sees that workspace alone. Others wait here for this one's use to count.
                var row = await transaction.Context.Set<InviteRow>().FromSql($"SELECT * FROM invites WHERE token_hash = {hash} FOR UPDATE").SingleOrDefaultAsync(cancellation)
                    ?? throw Unknown();
                if (known is not null) await CheckPersonAsync(transaction, known, cancellation);
                await WorkspaceScope.Of(row.WorkspaceId).EnterAsync(transaction.Connection, cancellation);
                CheckOpen(row, transaction.Now);
                return await AcceptAsync(transaction, row, userName, known?.UserId, address, cancellation);
            },
            cancellation);
    }

    private static async Task<NewMember> AcceptAsync(
        IdentityTransaction transaction, InviteRow row, string name, Guid? knownAs, string? address, CancellationToken cancellation)
    {
        var actor = new Actor(ActorKind.Code, name, row.Role, knownAs ?? Guid.CreateVersion7(transaction.Now), Address: address);
        var user = await AddAsync(transaction, actor, row, name, knownAs, cancellation);
        var key = await KeyTable.IssueNumberedAsync(transaction, actor, user, new KeyTerms(UserRoles.ScopesOf(user.Role)) { Name = $"first key of {name}" }, cancellation);
        await transaction.Context.Set<InviteRow>().Where(invite => invite.WorkspaceId == row.WorkspaceId && invite.InviteId == row.InviteId)
            .ExecuteUpdateAsync(invite => invite.SetProperty(i => i.Uses, i => i.Uses + 1), cancellation);

        var workspace = await transaction.Context.Workspaces.SingleAsync(workspace => workspace.WorkspaceId == row.WorkspaceId, cancellation);
        var after = new JsonObject { ["user_id"] = user.UserId.ToString("D"), ["name"] = name, ["role"] = UserRoles.NameOf(user.Role), ["key_id"] = key.KeyId.ToString("D") };
        await transaction.RecordAsync(
            row.WorkspaceId, actor, new AuditEntry("invite.accepted", AuditSubject.Invite(row.InviteId, row.Note), After: after), cancellation);
        return new NewMember(row.WorkspaceId, workspace.Name, user.UserId, name, user.Role, key.KeyId, key.Name!, key.Key);
    }

    private static async Task<UserRow> AddAsync(
        IdentityTransaction transaction, Actor actor, InviteRow row, string name, Guid? knownAs, CancellationToken cancellation)
    {
        await CheckNeverThereAsync(transaction, row.WorkspaceId, knownAs, cancellation);
        if (await MemberTable.TryInsertAsync(transaction, actor, row.WorkspaceId, name, row.Role, isService: false, cancellation, actor.UserId) is { } added) return added;

        // They may have accepted another invite at this moment.
        await CheckNeverThereAsync(transaction, row.WorkspaceId, knownAs, cancellation);
        throw MemberTable.NameTaken(name);
    }

    /// <summary>Who was removed stays so until a manager decides otherwise: the invite may be older than that decision.</summary>
    private static async Task CheckNeverThereAsync(IdentityTransaction transaction, string workspaceId, Guid? knownAs, CancellationToken cancellation)
    {
        if (knownAs is not { } person) return;
        var before = await transaction.Context.Users.SingleOrDefaultAsync(user => user.WorkspaceId == workspaceId && user.UserId == person, cancellation);
        if (before is null) return;
        throw before.RemovedAt is null
            ? new IdentityException(IdentityRefusal.AlreadyMember, $"You are in this workspace already, as \"{before.Name}\". The invite was not used.")
            : new IdentityException(IdentityRefusal.Conflict, $"You were removed from this workspace at {IdentityTexts.Instant(before.RemovedAt.Value)}. Ask a manager of it to add you.");
    }

    /// <summary>A service has a key and is nobody.</summary>
    private static async Task CheckPersonAsync(IdentityTransaction transaction, Caller known, CancellationToken cancellation)
    {
        var isService = await transaction.Context.Users.Where(user => user.WorkspaceId == known.WorkspaceId && user.UserId == known.UserId)
            .Select(user => user.IsService).SingleOrDefaultAsync(cancellation);
        if (isService) throw new IdentityException(IdentityRefusal.Invalid, "This key is that of a service. People accept invites: with a key of their own, or without one.");
    }

    private static IQueryable<InviteRow> In(IQueryable<InviteRow> rows, InviteState? state, DateTimeOffset now) => state switch
    {
        null => rows,
        InviteState.Revoked => rows.Where(row => row.RevokedAt != null),
        InviteState.Used => rows.Where(row => row.RevokedAt == null && row.Uses >= row.MostUses),
        InviteState.Expired => rows.Where(row => row.RevokedAt == null && row.Uses < row.MostUses && row.ExpiresAt <= now),
        _ => rows.Where(row => row.RevokedAt == null && row.Uses < row.MostUses && row.ExpiresAt > now),
    };

    private static void CheckOpen(InviteRow row, DateTimeOffset now)
    {
        var what = row.StateAt(now) switch
        {
            InviteState.Open => null,
            InviteState.Used => row.MostUses == 1 ? "was accepted already" : $"was accepted by all {row.MostUses} people it was for",
            InviteState.Revoked => $"was taken back at {IdentityTexts.Instant(row.RevokedAt!.Value)}",
            _ => $"expired at {IdentityTexts.Instant(row.ExpiresAt)}",
        };
        if (what is not null) throw new IdentityException(IdentityRefusal.CodeSpent, $"This invite {what}. Ask whoever gave it for another one.");
    }

    private static ListedInvite Listed(InviteRow row, DateTimeOffset now) => new(
        row.WorkspaceId, row.InviteId, row.StateAt(now), row.Role, row.Note, row.CreatedAt, row.CreatedBy, row.ExpiresAt, row.MostUses, row.Uses, row.RevokedAt);

    private static IdentityException Unknown() => new(IdentityRefusal.CodeUnknown, "This invite is not known here. Send the token as it was given to you, or ask for another one.");
}

using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Ingest.Persistence.Enrolments;

/// <summary>How devices get in: a manager makes a code, and whoever has the device redeems it, once.</summary>
/// <remarks>
/// Throws <see cref="IdentityException"/> where something cannot be done, and <see cref="StoreUnavailableException"/> where the database could not be
/// asked; both messages are written for people.
/// </remarks>
public sealed class EnrolmentStore
{
    public const int DefaultMinutes = 15;
    public const int FewestMinutes = 5;
    public const int MostMinutes = 7 * 24 * 60;

    private readonly IdentityTransactions _transactions;

    internal EnrolmentStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <param name="workspaceId">Whose device it will be.</param>
    /// <param name="actor">Who makes it.</param>
    /// <param name="userId">The person whose device it is.</param>
    /// <param name="wish">What is known of the device already.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<CreatedEnrolment> CreateAsync(string workspaceId, Actor actor, Guid userId, EnrolmentWish wish, CancellationToken cancellation) =>
        CreateAsync(
            workspaceId, actor, wish,
            transaction => MemberTable.HoldAsync(transaction, workspaceId, userId, cancellation),
            cancellation);

    /// <summary>As an operator asks, who names people; somebody who is not there yet becomes a member.</summary>
    public Task<CreatedEnrolment> CreateAsOperatorAsync(string workspaceId, string person, EnrolmentWish wish, CancellationToken cancellation)
    {
        var name = IdentityTexts.Name(person, "person");
        return CreateAsync(
            workspaceId, Actor.Operator, wish,
            async transaction =>
            {
                await WorkspaceTable.RequireAsync(transaction, workspaceId, cancellation);
                return await MemberTable.FindOrAddAsync(transaction, Actor.Operator, workspaceId, name, null, UserRole.Member, cancellation);
            },
            cancellation);
    }

    /// <summary>The newest first.</summary>
    /// <param name="workspaceId">Whose; null is every workspace, for who stands above them.</param>
    /// <param name="state">Only those; null is all.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<EnrolmentPage> ListAsync(string? workspaceId, EnrolmentState? state, TimedPlace? after, int limit, CancellationToken cancellation) =>
        _transactions.RunAsync(
            workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var rows = transaction.Context.Set<EnrolmentRow>().AsQueryable();
                if (workspaceId is not null) rows = rows.Where(row => row.WorkspaceId == workspaceId);
                rows = In(rows, state, transaction.Now);
                if (after is { } place)
                {
                    rows = rows.Where(row => EF.Functions.LessThan(
                        ValueTuple.Create(row.CreatedAt, row.EnrolmentId), ValueTuple.Create(place.At, place.Id)));
                }

                var found = await rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.EnrolmentId).Take(limit + 1)
                    .Join(
                        transaction.Context.Users, row => new { row.WorkspaceId, row.UserId }, user => new { user.WorkspaceId, user.UserId },
                        (row, user) => new { Row = row, user.Name })
                    .OrderByDescending(each => each.Row.CreatedAt).ThenByDescending(each => each.Row.EnrolmentId)
                    .ToListAsync(cancellation);
                return new EnrolmentPage([.. found.Take(limit).Select(each => Listed(each.Row, each.Name, transaction.Now))], found.Count > limit);
            },
            cancellation);

    /// <exception cref="IdentityException">The workspace has no such enrolment.</exception>
    public Task<ListedEnrolment> GetAsync(string workspaceId, Guid enrolmentId, CancellationToken cancellation) =>
        _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var row = await transaction.Context.Set<EnrolmentRow>().SingleOrDefaultAsync(row => row.WorkspaceId == workspaceId && row.EnrolmentId == enrolmentId, cancellation)
                    ?? throw NotFound();
                return Listed(row, await NameOfAsync(transaction, row, cancellation), transaction.Now);
            },
            cancellation);

    /// <summary>Takes a code back. Of one that is spent already nothing changes, but one that was redeemed cannot be taken back.</summary>
    /// <param name="workspaceId">Whose; null is looked up, for who stands above workspaces.</param>
    /// <param name="actor">Who takes it back.</param>
    /// <param name="enrolmentId">The enrolment.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<ListedEnrolment> RevokeAsync(string? workspaceId, Actor actor, Guid enrolmentId, CancellationToken cancellation) =>
        _transactions.RunAsync(
            workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                var row = await transaction.Context.Set<EnrolmentRow>()
                    .FromSql($"SELECT * FROM enrolments WHERE ({workspaceId}::text IS NULL OR workspace_id = {workspaceId}) AND enrolment_id = {enrolmentId} FOR UPDATE")
                    .SingleOrDefaultAsync(cancellation)
                    ?? throw NotFound();
                var name = await NameOfAsync(transaction, row, cancellation);
                var before = Listed(row, name, transaction.Now);
                switch (before.State)
                {
                    case EnrolmentState.Redeemed:
                        throw new IdentityException(
                            IdentityRefusal.Conflict, $"It was redeemed at {IdentityTexts.Instant(row.RedeemedAt!.Value)}; to lock the device out, revoke its key {row.KeyId}.");
                    case EnrolmentState.Open:
                        await transaction.Context.Set<EnrolmentRow>()
                            .Where(enrolment => enrolment.WorkspaceId == row.WorkspaceId && enrolment.EnrolmentId == enrolmentId)
                            .ExecuteUpdateAsync(enrolment => enrolment.SetProperty(e => e.RevokedAt, transaction.Now), cancellation);
                        await transaction.RecordAsync(row.WorkspaceId, actor, new AuditEntry("enrolment.revoked", AuditSubject.Enrolment(enrolmentId)), cancellation);
                        return before with { State = EnrolmentState.Revoked, RevokedAt = transaction.Now };
                    default:
                        return before;
                }
            },
            cancellation);

    /// <summary>Redeems a code, exactly once: the device gets a key of its own, and where the code was made for it, whatever kept it out is taken away.</summary>
    /// <param name="code">As it was typed.</param>
    /// <param name="deviceId">What the device calls itself so far; null where it has no id yet. What the enrolment says goes first.</param>
    /// <param name="address">From where.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<RedeemedEnrolment> RedeemAsync(string? code, string? deviceId, string? address, CancellationToken cancellation)
    {
        if (!EnrolmentCode.TryParse(code, out var typed)) throw Unknown();
        var hash = typed.Hash();
        return _transactions.RunAsync(
            WorkspaceScope.All,
            async transaction =>
            {
                // Whose it is only its row tells; from then on the transaction sees that workspace alone. A second one waits here, and finds it spent.
                var row = await transaction.Context.Set<EnrolmentRow>().FromSql($"SELECT * FROM enrolments WHERE code_hash = {hash} FOR UPDATE").SingleOrDefaultAsync(cancellation)
                    ?? throw Unknown();
                await WorkspaceScope.Of(row.WorkspaceId).EnterAsync(transaction.Connection, cancellation);
                CheckOpen(row, transaction.Now);
                return await RedeemAsync(transaction, row, deviceId, address, cancellation);
            },
            cancellation);
    }

    private static async Task<RedeemedEnrolment> RedeemAsync(
        IdentityTransaction transaction, EnrolmentRow row, string? ownId, string? address, CancellationToken cancellation)
    {
        // Who is being removed is so before the key is made, or has it revoked with the others.
        var user = await MemberTable.FindAndHoldAsync(transaction, row.WorkspaceId, row.UserId, cancellation) ?? throw MemberTable.NotFound();
        CheckMaySync(user, IdentityRefusal.Conflict);
        var deviceId = row.DeviceId ?? ownId ?? Guid.NewGuid().ToString("D");
        var admission = await DeviceAdmission.AdmitAsync(transaction, row.WorkspaceId, deviceId, row.UserId, isNamedByManager: row.DeviceId is not null, cancellation);

        // Not by the device's id: names of keys go into the audit log, from which nothing may lead to a device that is deleted.
        var name = "device " + (string.IsNullOrEmpty(row.Label) ? "of " + user.Name : row.Label);
        var actor = new Actor(ActorKind.Code, user.Name, user.Role, user.UserId, Address: address);
        var key = await KeyTable.IssueNumberedAsync(transaction, actor, user, new KeyTerms(KeyScopes.Ingest) { Name = name, DeviceId = deviceId }, cancellation);
        await transaction.Context.Set<EnrolmentRow>()
            .Where(enrolment => enrolment.WorkspaceId == row.WorkspaceId && enrolment.EnrolmentId == row.EnrolmentId && enrolment.RedeemedAt == null)
            .ExecuteUpdateAsync(
                enrolment => enrolment.SetProperty(e => e.RedeemedAt, transaction.Now).SetProperty(e => e.DeviceId, deviceId).SetProperty(e => e.KeyId, key.KeyId), cancellation);

        var after = admission.After;
        after["key_id"] = key.KeyId.ToString("D");
        await transaction.RecordAsync(
            row.WorkspaceId, actor, new AuditEntry("enrolment.redeemed", AuditSubject.Enrolment(row.EnrolmentId), admission.Before, after), cancellation);
        return new RedeemedEnrolment(row.WorkspaceId, deviceId, row.Label, key.KeyId, key.Key);
    }

    private Task<CreatedEnrolment> CreateAsync(
        string workspaceId, Actor actor, EnrolmentWish wish, Func<IdentityTransaction, Task<UserRow>> findUser, CancellationToken cancellation)
    {
        var label = wish.Label?.Trim();
        if (label?.Length > EnvelopeLimits.LabelCharacters)
            throw new IdentityException(IdentityRefusal.Invalid, $"A label has at most {EnvelopeLimits.LabelCharacters} characters.") { Field = "label" };

        return _transactions.RunAsync(
            WorkspaceScope.Of(workspaceId),
            async transaction =>
            {
                // Whichever comes first, no code names a device that is gone by mistake: one that is made later is meant.
                if (wish.DeviceId is not null) await DeviceDeletion.WaitAsync(transaction, workspaceId, cancellation);
                var user = await findUser(transaction);
                MemberTable.RequireMayAppoint(actor, user.Role);
                CheckMaySync(user, IdentityRefusal.Invalid);
                var code = EnrolmentCode.Generate();
                var row = new EnrolmentRow
                {
                    WorkspaceId = workspaceId,
                    EnrolmentId = Guid.CreateVersion7(transaction.Now),
                    CodeHash = code.Hash(),
                    UserId = user.UserId,
                    DeviceId = wish.DeviceId,
                    Label = label,
                    CreatedAt = transaction.Now,
                    CreatedBy = actor.Name,
                    CreatedByUserId = actor.UserId,
                    ExpiresAt = transaction.Now.AddMinutes(wish.Minutes),
                };
                transaction.Context.Add(row);
                await transaction.Context.SaveChangesAsync(cancellation);
                await transaction.RecordAsync(workspaceId, actor, new AuditEntry("enrolment.created", AuditSubject.Enrolment(row.EnrolmentId), After: Noted(row)), cancellation);
                return new CreatedEnrolment(Listed(row, user.Name, transaction.Now), code.Text);
            },
            cancellation);
    }

    private static IQueryable<EnrolmentRow> In(IQueryable<EnrolmentRow> rows, EnrolmentState? state, DateTimeOffset now) => state switch
    {
        null => rows,
        EnrolmentState.Redeemed => rows.Where(row => row.RedeemedAt != null),
        EnrolmentState.Revoked => rows.Where(row => row.RedeemedAt == null && row.RevokedAt != null),
        EnrolmentState.Expired => rows.Where(row => row.RedeemedAt == null && row.RevokedAt == null && row.ExpiresAt <= now),
        _ => rows.Where(row => row.RedeemedAt == null && row.RevokedAt == null && row.ExpiresAt > now),
    };

    private static void CheckOpen(EnrolmentRow row, DateTimeOffset now)
    {
        var what = row.StateAt(now) switch
        {
            EnrolmentState.Open => null,
            EnrolmentState.Redeemed => $"was used at {IdentityTexts.Instant(row.RedeemedAt!.Value)}",
            EnrolmentState.Revoked => $"was taken back at {IdentityTexts.Instant(row.RevokedAt!.Value)}",
            _ => $"expired at {IdentityTexts.Instant(row.ExpiresAt)}",
        };
        if (what is not null) throw new IdentityException(IdentityRefusal.CodeSpent, $"This code {what}. Ask whoever gave it for another one.");
    }

    /// <summary>The key will be theirs: it can do no more than they can.</summary>
    private static void CheckMaySync(UserRow user, IdentityRefusal refusal)
    {
        if (user.RemovedAt is not null) throw new IdentityException(IdentityRefusal.Conflict, $"{user.Name} is not in the workspace any more: the code is for a device of theirs.");
        if (UserRoles.ScopesOf(user.Role).HasFlag(KeyScopes.Ingest)) return;
        throw new IdentityException(refusal, $"{user.Name} is a {UserRoles.NameOf(user.Role)}, who syncs no devices: change the role first.")
        {
            Field = refusal == IdentityRefusal.Invalid ? "user_id" : null,
        };
    }

    private static JsonObject Noted(EnrolmentRow row)
    {
        // The device is not named: nothing may lead from the log to one that is deleted.
        var noted = new JsonObject { ["user_id"] = row.UserId.ToString("D"), ["expires_at"] = row.ExpiresAt.ToString("O", CultureInfo.InvariantCulture) };
        if (row.Label is not null) noted["label"] = row.Label;
        return noted;
    }

    private static ListedEnrolment Listed(EnrolmentRow row, string userName, DateTimeOffset now) => new(
        row.WorkspaceId, row.EnrolmentId, row.StateAt(now), row.UserId, userName, row.DeviceId, row.Label, row.CreatedAt, row.CreatedBy, row.ExpiresAt, row.RedeemedAt, row.KeyId,
        row.RevokedAt);

    private static Task<string> NameOfAsync(IdentityTransaction transaction, EnrolmentRow row, CancellationToken cancellation) =>
        transaction.Context.Users.Where(user => user.WorkspaceId == row.WorkspaceId && user.UserId == row.UserId).Select(user => user.Name).SingleAsync(cancellation);

    private static IdentityException NotFound() => new(IdentityRefusal.EnrolmentNotFound, "There is no such enrolment.");

    private static IdentityException Unknown() => new(IdentityRefusal.CodeUnknown, "This code is not known here. Type it as it was given to you, or ask for another one.");
}

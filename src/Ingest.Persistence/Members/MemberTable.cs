using System.Text.Json.Nodes;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Members;

/// <summary>People and services as rows, for whoever needs one within a transaction.</summary>
internal static class MemberTable
{
    /// <summary>Adds a person, or a service, of that name.</summary>
    /// <param name="transaction">In which it is done.</param>
    /// <param name="actor">By whom.</param>
    /// <param name="workspaceId">Where.</param>
    /// <param name="name">Checked.</param>
    /// <param name="role">What they become.</param>
    /// <param name="isService">Whether it is no person.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <param name="userId">Who they are in other workspaces; null is somebody new.</param>
    /// <returns>Null where the name is taken, or the person there already.</returns>
    public static async Task<UserRow?> TryInsertAsync(
        IdentityTransaction transaction, Actor actor, string workspaceId, string name, UserRole role, bool isService, CancellationToken cancellation, Guid? userId = null)
    {
        var user = new UserRow
        {
            WorkspaceId = workspaceId, UserId = userId ?? Guid.CreateVersion7(transaction.Now), Name = name, Role = role, CreatedAt = transaction.Now, IsService = isService, Revision = 1,
        };
        var inserted = await transaction.Context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO users (workspace_id, user_id, name, role, created_at, kind)
            VALUES ({workspaceId}, {user.UserId}, {name}, {UserRoleColumn.Write(role)}, {user.CreatedAt}, {(isService ? "service" : "person")})
            ON CONFLICT DO NOTHING
            """,
            cancellation);
        if (inserted == 0) return null;
        if (!isService) await transaction.RecordAsync(workspaceId, actor, new AuditEntry("member.added", AuditSubject.Member(user.UserId, name), After: Audited(name, role)), cancellation);
        return user;
    }

    /// <exception cref="IdentityException">Somebody of that name is there.</exception>
    public static async Task<UserRow> InsertAsync(
        IdentityTransaction transaction, Actor actor, string workspaceId, string name, UserRole role, bool isService, CancellationToken cancellation) =>
        await TryInsertAsync(transaction, actor, workspaceId, name, role, isService, cancellation) ?? throw NameTaken(name);

    /// <summary>The person of that name, who is added where nobody is called so.</summary>
    /// <param name="transaction">In which it is done.</param>
    /// <param name="actor">By whom.</param>
    /// <param name="workspaceId">Where.</param>
    /// <param name="name">Checked.</param>
    /// <param name="role">What they have to be; null takes them as they are.</param>
    /// <param name="roleOfNew">What somebody new becomes.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IdentityException">They are something else.</exception>
    public static async Task<UserRow> FindOrAddAsync(
        IdentityTransaction transaction, Actor actor, string workspaceId, string name, UserRole? role, UserRole roleOfNew, CancellationToken cancellation)
    {
        if (await TryInsertAsync(transaction, actor, workspaceId, name, roleOfNew, isService: false, cancellation) is { } added) return added;

        var user = await transaction.Context.Users.SingleAsync(row => row.WorkspaceId == workspaceId && row.Name == name && row.RemovedAt == null, cancellation);
        if (user.IsService) throw new IdentityException(IdentityRefusal.NameTaken, $"\"{name}\" is a service in workspace {workspaceId}, and no person: choose another name.");
        if (role is null || user.Role == role) return user;

        throw new IdentityException(
            IdentityRefusal.Conflict,
            $"\"{name}\" is a {UserRoles.NameOf(user.Role)} in workspace {workspaceId}, and all keys of a person have that person's role: "
            + $"leave the role out, name somebody else to be a {UserRoles.NameOf(role.Value)}, or change what they are with \"member set\".");
    }

    /// <summary>A person who is there, kept as they are until the transaction ends.</summary>
    /// <exception cref="IdentityException">There is nobody of that id.</exception>
    public static async Task<UserRow> HoldAsync(IdentityTransaction transaction, string workspaceId, Guid userId, CancellationToken cancellation)
    {
        await transaction.Context.Database.ExecuteSqlAsync($"SELECT FROM users WHERE workspace_id = {workspaceId} AND user_id = {userId} FOR SHARE", cancellation);
        return await transaction.Context.Users.SingleOrDefaultAsync(
                row => row.WorkspaceId == workspaceId && row.UserId == userId && row.RemovedAt == null && !row.IsService, cancellation)
            ?? throw NotFound();
    }

    /// <exception cref="IdentityException">Who acts may not act on somebody in that role.</exception>
    public static void RequireMayAppoint(Actor actor, UserRole role)
    {
        if (UserRoles.MayAppoint(actor.Role, role)) return;
        throw new IdentityException(IdentityRefusal.OwnerNeeded, $"Only an owner may make owners, and change what they are or have; {actor.Name} is a {UserRoles.NameOf(actor.Role)}.");
    }

    /// <exception cref="IdentityException">Somebody else has the name.</exception>
    public static async Task SetAsync(IdentityTransaction transaction, string workspaceId, Guid userId, string name, UserRole role, CancellationToken cancellation)
    {
        try
        {
            await transaction.Context.Database.ExecuteSqlAsync(
                $"UPDATE users SET name = {name}, role = {UserRoleColumn.Write(role)}, revision = revision + 1 WHERE workspace_id = {workspaceId} AND user_id = {userId}", cancellation);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw NameTaken(name);
        }
    }

    public static JsonObject Audited(string name, UserRole role) => new() { ["name"] = name, ["role"] = UserRoles.NameOf(role) };

    public static IdentityException NotFound() => new(IdentityRefusal.MemberNotFound, "The workspace has no such member.");

    public static IdentityException NameTaken(string name) => new(IdentityRefusal.NameTaken, $"Somebody or something in the workspace is called \"{name}\" already: choose another name.");
}

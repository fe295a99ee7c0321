using System.Text.Json.Nodes;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Workspaces;

/// <summary>Workspaces as rows, for whoever needs one within a transaction.</summary>
internal static class WorkspaceTable
{
    private const string Select = """
        SELECT w.workspace_id, w.name, w.created_at, w.revision,
               (SELECT count(*) FROM users AS u WHERE u.workspace_id = w.workspace_id AND u.kind = 'person' AND u.removed_at IS NULL),
               (SELECT count(*) FROM devices AS d WHERE d.workspace_id = w.workspace_id)
        FROM workspaces AS w
        """;

    /// <summary>Names are told apart one after the other, over all workspaces, for which there is no smaller lock.</summary>
    private const string LockNames = "SELECT FROM server_state FOR UPDATE";

    /// <returns>False where the id is taken.</returns>
    public static async Task<bool> InsertAsync(IdentityTransaction transaction, Actor actor, string workspaceId, string name, CancellationToken cancellation)
    {
        var inserted = await transaction.Context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO workspaces (workspace_id, name, created_at) VALUES ({workspaceId}, {name}, {transaction.Now})
            ON CONFLICT (workspace_id) DO NOTHING
            """,
            cancellation);
        if (inserted == 0) return false;
        await transaction.RecordAsync(
            workspaceId, actor, new AuditEntry("workspace.created", AuditSubject.Workspace(workspaceId, name), After: new JsonObject { ["name"] = name }), cancellation);
        return true;
    }

    public static async Task<ListedWorkspace> GetAsync(IdentityTransaction transaction, string workspaceId, CancellationToken cancellation)
    {
        await using var command = transaction.Command(Select + " WHERE w.workspace_id = $1", new NpgsqlParameter<string> { TypedValue = workspaceId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader) : throw NotFound(workspaceId);
    }

    public static async Task<List<ListedWorkspace>> ListAsync(IdentityTransaction transaction, CancellationToken cancellation)
    {
        await using var command = transaction.Command(Select + " ORDER BY w.created_at, w.workspace_id");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<ListedWorkspace>();
        while (await reader.ReadAsync(cancellation)) found.Add(Read(reader));
        return found;
    }

    /// <summary>Whoever changes the workspace, or who is in it, does so one after the other. Keys and people may be added meanwhile.</summary>
    public static Task LockAsync(IdentityTransaction transaction, string workspaceId, CancellationToken cancellation) =>
        transaction.Context.Database.ExecuteSqlAsync($"SELECT FROM workspaces WHERE workspace_id = {workspaceId} FOR NO KEY UPDATE", cancellation);

    public static async Task RenameAsync(IdentityTransaction transaction, Actor actor, ListedWorkspace before, string name, CancellationToken cancellation)
    {
        await transaction.Context.Database.ExecuteSqlAsync(
            $"UPDATE workspaces SET name = {name}, revision = revision + 1 WHERE workspace_id = {before.WorkspaceId}", cancellation);
        var entry = new AuditEntry(
            "workspace.renamed", AuditSubject.Workspace(before.WorkspaceId, name), new JsonObject { ["name"] = before.Name }, new JsonObject { ["name"] = name });
        await transaction.RecordAsync(before.WorkspaceId, actor, entry, cancellation);
    }

    private static ListedWorkspace Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5));

    /// <exception cref="IdentityException">There is no such workspace.</exception>
    public static async Task RequireAsync(IdentityTransaction transaction, string workspaceId, CancellationToken cancellation)
    {
        if (!await transaction.Context.Workspaces.AnyAsync(workspace => workspace.WorkspaceId == workspaceId, cancellation)) throw NotFound(workspaceId);
    }

    /// <summary>Only for who sees all workspaces: to anybody else it would tell what others are called.</summary>
    /// <exception cref="IdentityException">Another workspace has the name.</exception>
    public static async Task RequireFreeNameAsync(IdentityTransaction transaction, string workspaceId, string name, CancellationToken cancellation)
    {
        await transaction.Context.Database.ExecuteSqlRawAsync(LockNames, cancellation);
        var other = await transaction.Context.Workspaces.Where(row => row.Name == name && row.WorkspaceId != workspaceId).Select(row => row.WorkspaceId).FirstOrDefaultAsync(cancellation);
        if (other is not null) throw new IdentityException(IdentityRefusal.NameTaken, $"Workspace {other} is called \"{name}\" already: use that one, or choose another name.");
    }

    public static void CheckId(string? workspaceId)
    {
        if (WorkspaceId.IsValid(workspaceId)) return;
        throw new IdentityException(
            $"\"{workspaceId}\" is no workspace id: 1 to {WorkspaceId.MaximumLength} letters, digits, \"_\" and \"-\", such as {WorkspaceId.Generate()}.");
    }

    private static IdentityException NotFound(string workspaceId) => new(
        IdentityRefusal.WorkspaceNotFound,
        $"There is no workspace \"{workspaceId}\". \"workspace create --name NAME\" makes one and prints its id; \"workspace list\" shows all.");
}

using Ingest.Domain.Identity;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>An operator stands above workspaces, and names a device by its id alone where that is in one workspace only.</summary>
internal static class DeviceHome
{
    private const string Workspace = "SELECT workspace_id FROM workspaces WHERE workspace_id = $1";

    private const string Workspaces = "SELECT workspace_id FROM devices WHERE device_id = $1 ORDER BY workspace_id";

    /// <exception cref="IdentityException">There is no such workspace.</exception>
    public static async Task CheckWorkspaceAsync(NpgsqlDataSource database, string workspaceId, CancellationToken cancellation)
    {
        if (await ReadAsync(database, Workspace, workspaceId, cancellation) is []) throw new IdentityException($"There is no workspace \"{workspaceId}\".");
    }

    /// <param name="database">Where it is looked up.</param>
    /// <param name="workspaceId">The workspace, where the operator named it.</param>
    /// <param name="deviceId">The device, as the operator typed it.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IdentityException">There is no such workspace or device, or several.</exception>
    public static async Task<(string WorkspaceId, string DeviceId)> FindAsync(
        NpgsqlDataSource database, string? workspaceId, string deviceId, CancellationToken cancellation)
    {
        if (workspaceId is not null) await CheckWorkspaceAsync(database, workspaceId, cancellation);
        if (!DeviceId.TryNormalise(deviceId, out var id))
            throw new IdentityException($"\"{deviceId}\" is no device id: 1 to {DeviceId.MaximumLength} letters, digits, \".\", \"_\", \":\" and \"-\".");

        var homes = await ReadAsync(database, Workspaces, id, cancellation);
        if (workspaceId is not null) homes.RemoveAll(home => home != workspaceId);
        return homes switch
        {
            [var home] => (home, id),
            [] => throw new IdentityException($"No device \"{id}\" has ever synced to {(workspaceId is null ? "this server" : $"workspace {workspaceId}")}."),
            _ => throw new IdentityException($"Device \"{id}\" exists in several workspaces; name one with --workspace: {string.Join(", ", homes)}."),
        };
    }

    private static async Task<List<string>> ReadAsync(NpgsqlDataSource database, string sql, string id, CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.All);
        batch.Add(sql).Add(new NpgsqlParameter<string> { TypedValue = id });
        await using var reader = await batch.ReadAsync(cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellation)) found.Add(reader.GetString(0));
        return found;
    }
}

using Ingest.Domain.Identity;
using Npgsql;

namespace Ingest.Persistence.Quarantine;

/// <summary>The row of a device, locked first as envelopes lock it: what is settled in its quarantine and what is stored come one after the other.</summary>
internal static class DeviceLock
{
    private const string Any = "SELECT reference FROM devices WHERE workspace_id = $1 AND device_id = $2 FOR NO KEY UPDATE";

    private const string Owned = "SELECT reference FROM devices WHERE workspace_id = $1 AND device_id = $2 AND owner_user_id = $3 FOR NO KEY UPDATE";

    /// <param name="connection">Within its transaction.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="deviceId">The device, as it is stored.</param>
    /// <param name="caller">Who settles: whoever sees all devices any of them, others an own one. Null is the service itself.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>By what the audit log names it; null when there is no such device, or it is not the caller's to settle.</returns>
    public static async Task<Guid?> TryTakeAsync(NpgsqlConnection connection, string workspaceId, string deviceId, Caller? caller, CancellationToken cancellation)
    {
        var isOwnersOnly = caller is { SeesAllDevices: false };
        await using var command = new NpgsqlCommand(isOwnersOnly ? Owned : Any, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
        if (isOwnersOnly) command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = caller!.UserId });
        return await command.ExecuteScalarAsync(cancellation) as Guid?;
    }
}

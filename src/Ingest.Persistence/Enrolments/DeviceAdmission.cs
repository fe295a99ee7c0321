using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Enrolments;

/// <summary>What has to change about a device so that the key of its enrolment opens, as the audit log tells it.</summary>
internal sealed record DeviceAdmission(JsonObject? Before, JsonObject After)
{
    private const string Lock = "SELECT owner_user_id, standing, reference FROM devices WHERE workspace_id = $1 AND device_id = $2 FOR NO KEY UPDATE";

    /// <summary>Somebody else's key, made for a device that has not sent anything yet.</summary>
    private const string Promised = """
        SELECT 1 FROM api_keys WHERE workspace_id = $1 AND device_id = $2 AND user_id <> $3 AND revoked_at IS NULL LIMIT 1
        """;

    private const string Readmit = """
        UPDATE devices
        SET owner_user_id = $3, settings_revision = settings_revision + 1,
            standing = CASE standing WHEN 'revoked' THEN 'active' ELSE standing END,
            standing_reason = CASE standing WHEN 'revoked' THEN NULL ELSE standing_reason END,
            standing_since = CASE standing WHEN 'revoked' THEN NULL ELSE standing_since END
        WHERE workspace_id = $1 AND device_id = $2
        """;

    private const string Forget = "DELETE FROM deleted_devices WHERE workspace_id = $1 AND device_hash = $2";

    /// <param name="transaction">Of the redemption.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="deviceId">The device, as it is stored.</param>
    /// <param name="userId">Whose it is from now on.</param>
    /// <param name="isNamedByManager">Whether the enrolment is for this very device: then it may have been another's, deleted or revoked.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IdentityException">It is somebody else's, or was deleted or revoked.</exception>
    public static async Task<DeviceAdmission> AdmitAsync(
        IdentityTransaction transaction, string workspaceId, string deviceId, Guid userId, bool isNamedByManager, CancellationToken cancellation)
    {
        var stored = await ReadAsync(transaction, workspaceId, deviceId, cancellation);
        var isAnothers = stored is { } device ? device.OwnerUserId != userId : await IsPromisedAsync(transaction, workspaceId, deviceId, userId, cancellation);
        if (isAnothers && !isNamedByManager)
        {
            throw new IdentityException(
                IdentityRefusal.Conflict,
                $"Device {deviceId} belongs to somebody else in this workspace. Leave device_id out for a new one, or have a manager enrol that very device: POST /v1/enrolments with its device_id.");
        }

        var (before, after) = (new JsonObject(), new JsonObject());
        await using (var forget = transaction.Command(Forget, Text(workspaceId), new NpgsqlParameter<byte[]> { TypedValue = DeletedDevice.HashOf(workspaceId, deviceId) }))
        {
            if (await forget.ExecuteNonQueryAsync(cancellation) > 0)
            {
                RequireNamed(isNamedByManager, deviceId, "deleted");
                before["device_deleted"] = true;
            }
        }

        if (stored is { } known)
        {
            if (known.IsRevoked) RequireNamed(isNamedByManager, deviceId, "revoked");
            after["device"] = known.Reference.ToString("D");
            if (known.OwnerUserId != userId) (before["owner_user_id"], after["owner_user_id"]) = (known.OwnerUserId.ToString("D"), userId.ToString("D"));
            if (known.IsRevoked) (before["standing"], after["standing"]) = ("revoked", "active");
            if (known.IsRevoked || known.OwnerUserId != userId)
            {
                await using var readmit = transaction.Command(
                    Readmit, Text(workspaceId), Text(deviceId), Id(userId));
                await readmit.ExecuteNonQueryAsync(cancellation);
            }
        }

        return new DeviceAdmission(before.Count == 0 ? null : before, after);
    }

    /// <summary>Somebody decided to keep it out: whoever made a code for any device did not decide otherwise.</summary>
    private static void RequireNamed(bool isNamedByManager, string deviceId, string what)
    {
        if (isNamedByManager) return;
        throw new IdentityException(
            IdentityRefusal.Conflict,
            $"Device {deviceId} was {what}. To let it in again, have a manager make the code for this very device: POST /v1/enrolments with its device_id. Leave device_id out for a new one.");
    }

    private static async Task<(Guid OwnerUserId, bool IsRevoked, Guid Reference)?> ReadAsync(
        IdentityTransaction transaction, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        await using var command = transaction.Command(Lock, Text(workspaceId), Text(deviceId));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetGuid(0), row.GetString(1) == "revoked", row.GetGuid(2)) : null;
    }

    private static async Task<bool> IsPromisedAsync(
        IdentityTransaction transaction, string workspaceId, string deviceId, Guid userId, CancellationToken cancellation)
    {
        await using var command = transaction.Command(Promised, Text(workspaceId), Text(deviceId), Id(userId));
        return await command.ExecuteScalarAsync(cancellation) is not null;
    }
}

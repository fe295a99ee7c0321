using Ingest.Domain.Devices;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Npgsql;

namespace Ingest.Persistence.Devices;

/// <summary>Where a device stands in the database, and how it is taken out of all of it.</summary>
internal static class DeviceDeletion
{
    /// <summary>For a device with years of rows.</summary>
    private const int TimeoutSeconds = 300;

    /// <summary>What it sent, or what was noted of it: rows that go, and are counted.</summary>
    private static readonly string[] Owned =
    [
        "daily_rollups", "device_days", "day_versions", "session_summaries", "window_summaries", "quarantined_rows", "sync_attempts", "device_rewinds",
        "device_contacts", "dropped_fields", "device_merges", "distinct_devices", "enrolments",
    ];

    /// <summary>Where the other one of two ids stands.</summary>
    private static readonly Dictionary<string, string> SecondId = new(StringComparer.Ordinal) { ["device_merges"] = "into_device_id", ["distinct_devices"] = "other_device_id" };

    private const string Totals = """
        SELECT min(bucket_day), max(bucket_day), coalesce(sum(rollup_rows), 0)::int, coalesce(sum(message_count), 0)::bigint, coalesce(sum(input_tokens), 0)::bigint,
               coalesce(sum(output_tokens), 0)::bigint, coalesce(sum(cache_creation_tokens), 0)::bigint, coalesce(sum(cache_read_tokens), 0)::bigint,
               coalesce(sum(cost_ingested), 0)::bigint, coalesce(sum(cost_effective), 0)::bigint
        FROM device_days WHERE workspace_id = $1 AND device_id = $2 AND expired_at IS NULL
        """;

    // Hashed, a number that no other user of such locks takes.
    private const string LockKey = "hashtext('ingest'), hashtext('deleting a device')";

    private const string Bury = """
        INSERT INTO deleted_devices (workspace_id, device_hash, deleted_at) VALUES ($1, $2, $3)
        ON CONFLICT (workspace_id, device_hash) DO UPDATE SET deleted_at = EXCLUDED.deleted_at
        """;

    // A key that is only for this device opens nothing any more.
    private const string FreeKeys = """
        UPDATE api_keys SET device_id = NULL, revoked_at = coalesce(revoked_at, $3), revision = revision + 1 WHERE workspace_id = $1 AND device_id = $2
        """;

    /// <summary>
    /// For what is written behind, without the lock of its device: waits until nobody deletes a device, and has whoever wants to wait. What is written under
    /// it is seen by the deletion, or sees the deletion.
    /// </summary>
    public static NpgsqlBatchCommand Wait() => new($"SELECT pg_advisory_xact_lock_shared({LockKey})");

    public static async Task<DeviceContents> CountAsync(IdentityTransaction transaction, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        var tables = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in Owned)
        {
            await using var count = Of(transaction, $"SELECT count(*) FROM {table} {Where(table)}", workspaceId, deviceId);
            tables[table] = (long)(await count.ExecuteScalarAsync(cancellation))!;
        }

        await using var totals = Of(transaction, Totals, workspaceId, deviceId);
        await using var row = await totals.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return new DeviceContents(tables, row.DayAt(0), row.DayAt(1), row.TotalsAt(2));
    }

    /// <summary>To be called before the device is locked.</summary>
    public static async Task BeginAsync(IdentityTransaction transaction, CancellationToken cancellation)
    {
        await using var wait = transaction.Command($"SELECT pg_advisory_xact_lock({LockKey})");
        wait.CommandTimeout = TimeoutSeconds;
        await wait.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes the device, which is locked, out of every table.</summary>
    public static async Task RunAsync(IdentityTransaction transaction, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        await using (var bury = Of(transaction, Bury, workspaceId, deviceId))
        {
            bury.Parameters[1] = new NpgsqlParameter<byte[]> { TypedValue = DeletedDevice.HashOf(workspaceId, deviceId) };
            bury.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = transaction.Now.UtcDateTime });
            await bury.ExecuteNonQueryAsync(cancellation);
        }

        foreach (var table in Owned.Append("devices"))
        {
            await using var delete = Of(transaction, $"DELETE FROM {table} {Where(table)}", workspaceId, deviceId);
            await delete.ExecuteNonQueryAsync(cancellation);
        }

        await using var keys = Of(transaction, FreeKeys, workspaceId, deviceId);
        keys.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = transaction.Now.UtcDateTime });
        if (await keys.ExecuteNonQueryAsync(cancellation) > 0) await transaction.NotifyAsync(IdentityChannel.KeyRevoked, cancellation);
    }

    private static string Where(string table) =>
        $"WHERE workspace_id = $1 AND {(SecondId.TryGetValue(table, out var second) ? $"(device_id = $2 OR {second} = $2)" : "device_id = $2")}";

    private static NpgsqlCommand Of(IdentityTransaction transaction, string sql, string workspaceId, string deviceId)
    {
        var command = transaction.Command(sql, new NpgsqlParameter<string> { TypedValue = workspaceId }, new NpgsqlParameter<string> { TypedValue = deviceId });
        command.CommandTimeout = TimeoutSeconds;
        return command;
    }
}

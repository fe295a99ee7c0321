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

    private static readonly string Sums = string.Join(
        ", ",
        new[] { "message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_ingested", "cost_effective" }
            .Select(column => $"least(coalesce(sum({column}), 0), {long.MaxValue})::bigint"));

    /// <summary>Where the other one of two ids stands.</summary>
    private static readonly Dictionary<string, string> SecondId = new(StringComparer.Ordinal) { ["device_merges"] = "into_device_id", ["distinct_devices"] = "other_device_id" };

    /// <summary>What does not fit is said to be as much as fits: a device must not be kept by sums that are too large to be told.</summary>
    private static readonly string Totals = $"""
        SELECT min(bucket_day), max(bucket_day), least(coalesce(sum(rollup_rows), 0), {int.MaxValue})::int, {Sums}
        FROM device_days WHERE workspace_id = $1 AND device_id = $2 AND expired_at IS NULL
        """;

    private const string LockKey = "hashtext('ingest: deleting a device'), hashtext";

    private const string LockEnrolments = "SELECT FROM enrolments WHERE workspace_id = $1 AND device_id = $2 ORDER BY enrolment_id FOR UPDATE";

    private const string Bury = """
        INSERT INTO deleted_devices (workspace_id, device_hash, deleted_at) VALUES ($1, $2, $3)
        ON CONFLICT (workspace_id, device_hash) DO UPDATE SET deleted_at = EXCLUDED.deleted_at
        """;

    // A key that is only for this device opens nothing any more. Whoever comes with it is told why: taken for unknown, a daemon would stop for good.
    private const string EndKeys = """
        UPDATE api_keys SET device_id = NULL, of_deleted_device = true, revoked_at = coalesce(revoked_at, $3), revision = revision + 1
        WHERE workspace_id = $1 AND key_id IN (SELECT key_id FROM api_keys WHERE workspace_id = $1 AND device_id = $2 ORDER BY workspace_id, key_id FOR NO KEY UPDATE)
        """;

    /// <summary>
    /// For what is written without the lock of its device: waits until nobody deletes a device of these workspaces, and has whoever wants to wait. What is
    /// written under it is seen by the deletion, or sees the deletion.
    /// </summary>
    public static NpgsqlBatchCommand Wait(IEnumerable<string> workspaceIds) => new($"SELECT pg_advisory_xact_lock_shared({LockKey}(w)) FROM unnest($1::text[]) AS w ORDER BY w")
    {
        Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. workspaceIds.Distinct(StringComparer.Ordinal)] } },
    };

    /// <summary>The same, before anything else that names a device is read or written.</summary>
    public static async Task WaitAsync(IdentityTransaction transaction, string workspaceId, CancellationToken cancellation)
    {
        await using var wait = transaction.Command($"SELECT pg_advisory_xact_lock_shared({LockKey}($1))", new NpgsqlParameter<string> { TypedValue = workspaceId });
        await wait.ExecuteNonQueryAsync(cancellation);
    }

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

    /// <summary>To be called before the device is locked. Its codes come first: who redeems one has locked it before the device, too.</summary>
    public static async Task BeginAsync(IdentityTransaction transaction, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        await using (var wait = transaction.Command($"SELECT pg_advisory_xact_lock({LockKey}($1))", new NpgsqlParameter<string> { TypedValue = workspaceId }))
        {
            wait.CommandTimeout = TimeoutSeconds;
            await wait.ExecuteNonQueryAsync(cancellation);
        }

        await using var enrolments = Of(transaction, LockEnrolments, workspaceId, deviceId);
        await enrolments.ExecuteNonQueryAsync(cancellation);
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

        await using var keys = Of(transaction, EndKeys, workspaceId, deviceId);
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

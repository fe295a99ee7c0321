using Ingest.Domain.Usage;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Tenancy;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Usage;

/// <summary>
/// Makes blocks. A block is put in its place only where the one that was there is still there, and marks only those device-days as being in it that are what
/// they were when it was made. So nobody waits for it, and what changes meanwhile counts from its rows as before.
/// </summary>
public sealed class UsageBlockStore
{
    /// <summary>A day that changes all the time is copied so often at most.</summary>
    private const string Pause = "15 seconds";

    /// <summary>What a newer version has made is left to it.</summary>
    private const string Standing = $"""
        SELECT block_id, content IS NOT NULL AND (format > $3 OR built_at > now() - interval '{Pause}') FROM usage_blocks WHERE workspace_id = $1 AND bucket_day = $2
        """;

    /// <summary>What of this holds locks goes in few steps, but an instance can freeze between two.</summary>
    private const string Hurry = "SET LOCAL idle_in_transaction_session_timeout = '30s'";

    private const string AllDevices = "SELECT device_id FROM devices WHERE workspace_id = $1";

    private const string StillThere = """
        SELECT count(*) FROM unnest($3::text[]) AS k (device_id)
        JOIN device_days AS t ON t.workspace_id = $1 AND t.device_id = k.device_id AND t.bucket_day = $2
        """;

    private const string Add = """
        INSERT INTO usage_blocks (workspace_id, bucket_day, block_id, format, built_at, content) VALUES ($1, $2, $3, $4, now(), $5) ON CONFLICT DO NOTHING
        """;

    private const string Replace = """
        UPDATE usage_blocks SET block_id = $3, format = $4, built_at = now(), content = $5 WHERE workspace_id = $1 AND bucket_day = $2 AND block_id = $6
        """;

    // Rows that somebody is writing are passed over and not waited for: an envelope has its own locks, in its own order.
    private const string Mark = """
        UPDATE device_days AS t SET in_block = true
        FROM (
            SELECT s.ctid AS row_id FROM unnest($3::text[], $4::bigint[]) AS k (device_id, version)
            JOIN device_days AS s ON s.workspace_id = $1 AND s.device_id = k.device_id AND s.bucket_day = $2
            WHERE NOT s.in_block AND s.xmin::text::bigint = k.version
            FOR NO KEY UPDATE OF s SKIP LOCKED) AS r
        WHERE t.workspace_id = $1 AND t.ctid = r.row_id
        """;

    private readonly NpgsqlDataSource _database;
    private readonly SnapshotReads _snapshots;

    internal UsageBlockStore(NpgsqlDataSource database, SnapshotReads snapshots) => (_database, _snapshots) = (database, snapshots);

    /// <param name="workspaceId">Whose usage.</param>
    /// <param name="day">The UTC day.</param>
    /// <param name="evenIfRecent">Also where the block was made just now.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Whether there is a new block; there is none where the day is empty, was copied just now, or is changing hands.</returns>
    public async Task<bool> BuildAsync(string workspaceId, DateOnly day, bool evenIfRecent, CancellationToken cancellation)
    {
        var copy = await _snapshots.ReadAsync(workspaceId, context => CopyAsync(context, workspaceId, day, evenIfRecent, cancellation), cancellation);
        return copy is not null && await PutAsync(workspaceId, day, copy, cancellation);
    }

    private static async Task<Copy?> CopyAsync(IngestDbContext context, string workspaceId, DateOnly day, bool evenIfRecent, CancellationToken cancellation)
    {
        Guid? standing = null;
        await using (var find = SnapshotReads.Command(context, Standing, Text(workspaceId), Date(day), new NpgsqlParameter<short> { TypedValue = UsageBlockFormat.Version }))
        {
            await using var row = await find.ExecuteReaderAsync(cancellation);
            if (await row.ReadAsync(cancellation))
            {
                standing = row.GetGuid(0);
                if (!evenIfRecent && row.GetBoolean(1)) return null;
            }
        }

        var devices = new List<string>();
        await using (var all = SnapshotReads.Command(context, AllDevices, Text(workspaceId)))
        {
            await using var row = await all.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation)) devices.Add(row.GetString(0));
        }

        await using var ofDay = SnapshotReads.Command(context, UsageDayTable.OfDevices, UsageDayTable.Of(workspaceId, devices, day, day.AddDays(1)));
        var days = await UsageDayTable.DaysAsync(ofDay, cancellation);
        var blocks = await UsageDayTable.BlocksAsync(context, workspaceId, days, cancellation);
        if (blocks is [var block]) return new Copy(block, days, standing);

        // A day that somebody emptied is worth a note that it is empty.
        return standing is null ? null : new Copy(new UsageBlockBuilder(day).Build(), days, standing);
    }

    private Task<bool> PutAsync(string workspaceId, DateOnly day, Copy copy, CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginAsync(WorkspaceScope.Of(workspaceId), cancellation);
        var devices = new NpgsqlParameter<string[]> { TypedValue = [.. copy.Days.Select(one => one.DeviceId)] };

        // A device that is deleted meanwhile must not live on in a copy: its deletion comes before this, and is seen here, or after it, and empties the block.
        var wait = DeviceDeletion.Wait([workspaceId]);
        await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { new NpgsqlBatchCommand(Hurry), wait } }) await batch.ExecuteNonQueryAsync(cancellation);
        await using (var count = new NpgsqlCommand(StillThere, connection, transaction) { Parameters = { Text(workspaceId), Date(day), devices.Clone() } })
        {
            if (await count.ExecuteScalarAsync(cancellation) is not long there || there != copy.Days.Count) return false;
        }

        await using (var put = new NpgsqlCommand(copy.Standing is null ? Add : Replace, connection, transaction)
        {
            Parameters =
            {
                Text(workspaceId),
                Date(day),
                new NpgsqlParameter<Guid> { TypedValue = Guid.NewGuid() },
                new NpgsqlParameter<short> { TypedValue = UsageBlockFormat.Version },
                new NpgsqlParameter<byte[]> { TypedValue = UsageBlockFormat.Write(copy.Block) },
            },
        })
        {
            if (copy.Standing is { } standing) put.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = standing });
            if (await put.ExecuteNonQueryAsync(cancellation) == 0) return false;
        }

        await using (var mark = new NpgsqlCommand(Mark, connection, transaction)
        {
            Parameters = { Text(workspaceId), Date(day), devices, new NpgsqlParameter<long[]> { TypedValue = [.. copy.Days.Select(one => one.Version)] } },
        })
        {
            await mark.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return true;
    });

    /// <param name="Block">The day.</param>
    /// <param name="Days">What of the ledger it was made of.</param>
    /// <param name="Standing">The block that it takes the place of.</param>
    private sealed record Copy(UsageBlock Block, List<UsageDayTable.StoredDay> Days, Guid? Standing);
}

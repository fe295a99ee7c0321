using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Identity;
using Npgsql;

namespace Ingest.Persistence.Reconciliation;

internal sealed class ManifestReader(SnapshotReads snapshots) : IManifestReader
{
    private const string Days = $"""
        SELECT d.bucket_day, d.digest, d.digest_version, d.kept_rows, d.ghost_rows, d.sent_at, d.received_at, d.attempt_id,
               {LedgerColumns.Totals}, {LedgerColumns.Marks}
        FROM device_days AS d
        WHERE d.workspace_id = $1 AND d.device_id = $2 AND d.bucket_day >= $3 AND d.bucket_day < $4
        ORDER BY d.bucket_day
        LIMIT $5
        """;

    private const string Quarantined = """
        SELECT bucket_day, count(*)
        FROM quarantined_rows
        WHERE workspace_id = $1 AND device_id = $2 AND bucket_day BETWEEN $3 AND $4
        GROUP BY bucket_day
        """;

    public Task<Manifest?> ReadAsync(Caller caller, string deviceId, DayRange range, int limit, CancellationToken cancellation) => snapshots.ReadAsync(
        async context =>
        {
            if (await context.FindVisibleAsync(caller, deviceId, cancellation) is not { } device) return null;

            var days = new List<StoredDay>();
            await using (var command = SnapshotReads.Command(
                context,
                Days,
                new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
                new NpgsqlParameter<string> { TypedValue = deviceId },
                new NpgsqlParameter<DateOnly> { TypedValue = range.From },
                new NpgsqlParameter<DateOnly> { TypedValue = range.To },
                new NpgsqlParameter<int> { TypedValue = limit + 1 }))
            {
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                while (await reader.ReadAsync(cancellation)) days.Add(DayAt(reader));
            }

            var hasMore = days.Count > limit;
            if (hasMore) days.RemoveAt(limit);
            if (device.QuarantinedRows > 0 && days.Count > 0) await CountQuarantinedAsync(context, caller, deviceId, days, cancellation);
            return new Manifest(device.ConfirmedDay, days, hasMore);
        },
        cancellation);

    private static async Task CountQuarantinedAsync(IngestDbContext context, Caller caller, string deviceId, List<StoredDay> days, CancellationToken cancellation)
    {
        await using var command = SnapshotReads.Command(
            context,
            Quarantined,
            new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
            new NpgsqlParameter<string> { TypedValue = deviceId },
            new NpgsqlParameter<DateOnly> { TypedValue = days[0].Day },
            new NpgsqlParameter<DateOnly> { TypedValue = days[^1].Day });
        var counts = new Dictionary<DateOnly, long>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) counts[reader.GetFieldValue<DateOnly>(0)] = reader.GetInt64(1);
        for (var i = 0; i < days.Count; i++) days[i] = days[i] with { QuarantinedRows = counts.GetValueOrDefault(days[i].Day) };
    }

    private static StoredDay DayAt(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateOnly>(0),
        new DayDigest(row.GetFieldValue<byte[]>(1)),
        row.GetInt16(2),
        LedgerColumns.TotalsAt(row, 8),
        row.GetInt32(3),
        row.GetInt32(4),
        QuarantinedRows: 0,
        LedgerColumns.InstantAt(row, 5),
        LedgerColumns.InstantAt(row, 6),
        row.GetGuid(7),
        LedgerColumns.MarksAt(row, 16));
}

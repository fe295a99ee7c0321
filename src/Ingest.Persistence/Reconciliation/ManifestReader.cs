using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Npgsql;

namespace Ingest.Persistence.Reconciliation;

internal sealed class ManifestReader(SnapshotReads snapshots) : IManifestReader
{
    private const string Days = LedgerRows.DayColumns + """

        FROM device_days AS t
        WHERE t.workspace_id = $1 AND t.device_id = $2 AND t.bucket_day >= $3 AND t.bucket_day < $4
        ORDER BY t.bucket_day
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

            var days = new List<ManifestDay>();
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
                while (await reader.ReadAsync(cancellation)) days.Add(new ManifestDay(LedgerRows.ReadDay(reader), QuarantinedRows: 0));
            }

            var hasMore = days.Count > limit;
            if (hasMore) days.RemoveAt(limit);
            if (device.QuarantinedRows > 0 && days.Count > 0) await CountQuarantinedAsync(context, caller, deviceId, days, cancellation);
            return new Manifest(device.ConfirmedDay, days, hasMore);
        },
        cancellation);

    private static async Task CountQuarantinedAsync(IngestDbContext context, Caller caller, string deviceId, List<ManifestDay> days, CancellationToken cancellation)
    {
        await using var command = SnapshotReads.Command(
            context,
            Quarantined,
            new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
            new NpgsqlParameter<string> { TypedValue = deviceId },
            new NpgsqlParameter<DateOnly> { TypedValue = days[0].Entry.Day },
            new NpgsqlParameter<DateOnly> { TypedValue = days[^1].Entry.Day });
        var counts = new Dictionary<DateOnly, long>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) counts[reader.GetFieldValue<DateOnly>(0)] = reader.GetInt64(1);
        for (var i = 0; i < days.Count; i++) days[i] = days[i] with { QuarantinedRows = counts.GetValueOrDefault(days[i].Entry.Day) };
    }
}

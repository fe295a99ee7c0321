using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Merging;
using Npgsql;

namespace Ingest.Persistence.Health;

/// <summary>
/// Which devices come first is a verdict on facts, which no index knows: all of them are read for every page, from their own rows alone, and days only of those
/// that the page shows.
/// </summary>
internal sealed class FleetViewReader(SnapshotReads snapshots, SyncStatusReader statuses) : IFleetViewReader
{
    /// <summary>Device by device, each from its days' key.</summary>
    private const string Days = LedgerRows.DayColumns + """

        FROM unnest($2::text[]) AS k (device_id)
        CROSS JOIN LATERAL (
            SELECT * FROM device_days AS d WHERE d.workspace_id = $1 AND d.device_id = k.device_id AND d.bucket_day >= $3 AND d.bucket_day < $4) AS t
        """;

    /// <summary>Also of days of which nothing else came.</summary>
    private const string Quarantined = """
        SELECT k.device_id, q.bucket_day, q.quarantined
        FROM unnest($2::text[]) AS k (device_id)
        CROSS JOIN LATERAL (
            SELECT r.bucket_day, count(*) AS quarantined FROM quarantined_rows AS r
            WHERE r.workspace_id = $1 AND r.device_id = k.device_id AND r.bucket_day >= $3 AND r.bucket_day < $4 GROUP BY r.bucket_day) AS q
        """;

    public Task<FleetPage> ReadAsync(Caller caller, FleetQuery query, DateTimeOffset now, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            await using var decided = SnapshotReads.Command(context, MergeTable.Decided, new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
            var merges = await MergeTable.ReadAsync(decided, cancellation);
            var devices = await statuses.ReadFleetAsync(context, caller, cancellation);
            var fleet = FleetView.Of(devices.Select(device => FleetDevice.Of(device.Record, device.Status, now)), merges, query.ClosedThrough);
            var matching = fleet.Matching(query.Filter);
            List<FleetDevice> shown = [.. matching.Skip((query.Page - 1) * query.Size).Take(query.Size)];
            return new FleetPage(fleet, matching.Count, shown, await DaysAsync(context, caller.WorkspaceId, shown, query.Days, cancellation));
        },
        cancellation);

    public Task<HeldDays> ReadDaysAsync(Caller caller, string deviceId, DayRange range, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context => await context.FindVisibleAsync(caller, deviceId, cancellation) is { } device
            ? await DaysAsync(context, caller.WorkspaceId, deviceId, device.QuarantinedRows > 0, range, cancellation)
            : HeldDays.None,
        cancellation);

    private static async Task<HeldDays> DaysAsync(
        IngestDbContext context, string workspaceId, string deviceId, bool hasQuarantined, DayRange range, CancellationToken cancellation)
    {
        var days = await DaysAsync(context, workspaceId, [deviceId], hasQuarantined ? [deviceId] : [], range, cancellation);
        return days[deviceId];
    }

    private static Task<IReadOnlyDictionary<string, HeldDays>> DaysAsync(
        IngestDbContext context, string workspaceId, IReadOnlyList<FleetDevice> devices, DayRange range, CancellationToken cancellation) => DaysAsync(
        context,
        workspaceId,
        [.. devices.Select(device => device.DeviceId)],
        [.. devices.Where(device => device.Status.QuarantinedRows > 0).Select(device => device.DeviceId)],
        range,
        cancellation);

    private static async Task<IReadOnlyDictionary<string, HeldDays>> DaysAsync(
        IngestDbContext context, string workspaceId, string[] deviceIds, string[] withQuarantined, DayRange range, CancellationToken cancellation)
    {
        var entries = deviceIds.ToDictionary(id => id, _ => new Dictionary<DateOnly, LedgerDay>(), StringComparer.Ordinal);
        var quarantined = deviceIds.ToDictionary(id => id, _ => new Dictionary<DateOnly, long>(), StringComparer.Ordinal);
        if (deviceIds.Length > 0)
        {
            await using var command = Command(context, Days, workspaceId, deviceIds, range);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                var entry = LedgerRows.ReadDay(row);
                entries[row.GetString(1)].Add(entry.Day, entry);
            }
        }

        if (withQuarantined.Length > 0)
        {
            await using var command = Command(context, Quarantined, workspaceId, withQuarantined, range);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation)) quarantined[row.GetString(0)].Add(row.GetFieldValue<DateOnly>(1), row.GetInt64(2));
        }

        return deviceIds.ToDictionary(id => id, id => new HeldDays(entries[id], quarantined[id]), StringComparer.Ordinal);
    }

    private static NpgsqlCommand Command(IngestDbContext context, string sql, string workspaceId, string[] deviceIds, DayRange range) => SnapshotReads.Command(
        context,
        sql,
        new NpgsqlParameter<string> { TypedValue = workspaceId },
        new NpgsqlParameter<string[]> { TypedValue = deviceIds },
        new NpgsqlParameter<DateOnly> { TypedValue = range.From },
        new NpgsqlParameter<DateOnly> { TypedValue = range.To });
}

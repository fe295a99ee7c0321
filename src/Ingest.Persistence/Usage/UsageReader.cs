using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Reconciliation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Usage;

internal sealed class UsageReader(SnapshotReads snapshots) : IUsageReader
{
    /// <summary>Device by device, each from its days' key.</summary>
    private const string Days = $"""
        SELECT d.device_id, d.bucket_day, {LedgerColumns.Totals}, {LedgerColumns.Marks}
        FROM unnest($2::text[]) AS k (device_id)
        CROSS JOIN LATERAL (
            SELECT * FROM device_days AS t
            WHERE t.workspace_id = $1 AND t.device_id = k.device_id AND t.bucket_day >= $3 AND t.bucket_day < $4
            ORDER BY t.bucket_day) AS d
        LIMIT $5
        """;

    public Task<DeviceUsage> ReadAsync(Caller caller, string? deviceId, DayRange range, int most, CancellationToken cancellation) => snapshots.ReadAsync(
        async context =>
        {
            var visible = context.DevicesVisibleTo(caller);
            if (deviceId is not null) visible = visible.Where(row => row.DeviceId == deviceId);
            var stored = await visible.OrderBy(row => row.DeviceId)
                .Select(row => new { row.DeviceId, row.Label, row.ConfirmedDay, row.RewindFrom, row.RewindReason }).ToListAsync(cancellation);
            var devices = stored
                .Select(row => new UsageDevice(row.DeviceId, row.Label, row.ConfirmedDay, CompleteThrough.Of(row.ConfirmedDay, row.RewindFrom, row.RewindReason)))
                .ToDictionary(device => device.DeviceId, StringComparer.Ordinal);

            await using var command = SnapshotReads.Command(
                context,
                Days,
                new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
                new NpgsqlParameter<string[]> { TypedValue = [.. devices.Keys] },
                new NpgsqlParameter<DateOnly> { TypedValue = range.From },
                new NpgsqlParameter<DateOnly> { TypedValue = range.To },
                new NpgsqlParameter<int> { TypedValue = most + 1 });
            var entries = new List<UsageEntry>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                entries.Add(new UsageEntry(
                    reader.GetFieldValue<DateOnly>(1), devices[reader.GetString(0)], LedgerColumns.TotalsAt(reader, 2), LedgerColumns.MarksAt(reader, 10)));
            }

            return new DeviceUsage(
                [.. devices.Values],
                [.. entries.OrderBy(entry => entry.Day).ThenBy(entry => entry.Device.DeviceId, StringComparer.Ordinal)]);
        },
        cancellation);
}

using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Usage;

internal sealed class UsageReader(SnapshotReads snapshots) : IUsageReader
{
    /// <summary>Device by device, each from its days' key.</summary>
    private const string Days = LedgerRows.DayColumns + """

        FROM unnest($2::text[]) AS k (device_id)
        CROSS JOIN LATERAL (
            SELECT * FROM device_days AS d
            WHERE d.workspace_id = $1 AND d.device_id = k.device_id AND d.bucket_day >= $3 AND d.bucket_day < $4
            ORDER BY d.bucket_day) AS t
        LIMIT $5
        """;

    public Task<DeviceUsage> ReadAsync(Caller caller, string? deviceId, DayRange range, int most, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            var visible = context.DevicesVisibleTo(caller);
            if (deviceId is not null) visible = visible.Where(row => row.DeviceId == deviceId);
            var stored = await visible.OrderBy(row => row.DeviceId)
                .Select(row => new
                {
                    row.DeviceId, row.Label, row.ConfirmedDay, row.ContinuesAfter, row.RewindFrom, row.RewindReason, row.RestoredAt, row.RestoredThrough,
                }).ToListAsync(cancellation);
            var devices = stored
                .Select(row => new UsageDevice(
                    row.DeviceId, row.Label, row.ConfirmedDay, row.ContinuesAfter, row.RewindFrom, row.RewindReason is { } reason ? RewindReasons.Parse(reason) : null,
                    row.RestoredAt is { } restored ? new BackupGap(restored, row.RestoredThrough) : null))
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
            while (await reader.ReadAsync(cancellation)) entries.Add(new UsageEntry(devices[reader.GetString(1)], LedgerRows.ReadDay(reader)));

            return new DeviceUsage(
                [.. devices.Values],
                [.. entries.OrderBy(entry => entry.Entry.Day).ThenBy(entry => entry.Device.DeviceId, StringComparer.Ordinal)]);
        },
        cancellation);
}

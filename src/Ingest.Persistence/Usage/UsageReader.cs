using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Health;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Merging;
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

    public Task<DeviceUsage?> ReadAsync(Caller caller, string? deviceId, DayRange range, int most, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            await using var decided = SnapshotReads.Command(context, MergeTable.Decided, new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
            var merges = await MergeTable.ReadAsync(decided, cancellation);

            var visible = context.DevicesVisibleTo(caller);
            if (deviceId is not null)
            {
                var group = merges.GroupOf(deviceId);
                visible = visible.Where(row => group.Contains(row.DeviceId));
            }

            var shown = await DevicesAsync(visible, merges, cancellation);
            if (deviceId is not null && !shown.ContainsKey(deviceId)) return null;

            // What a day counts may hang on an id of its device that is not the caller's to see.
            var devices = new Dictionary<string, UsageDevice>(shown, StringComparer.Ordinal);
            if (!caller.SeesAllDevices && merges.HasMerges)
            {
                string[] hidden = [.. shown.Keys.SelectMany(merges.GroupOf).Where(id => !shown.ContainsKey(id)).Distinct(StringComparer.Ordinal)];
                var others = context.Set<DeviceRow>().Where(row => row.WorkspaceId == caller.WorkspaceId && hidden.Contains(row.DeviceId));
                foreach (var (id, device) in await DevicesAsync(others, merges, cancellation)) devices.Add(id, device);
            }

            var read = await EntriesAsync(context, caller.WorkspaceId, devices, range, most + 1, cancellation);
            var chosen = CountingRule.Choose([.. read.Select(entry => entry.Held)], merges);
            List<UsageEntry> counting =
            [
                .. read.Where((entry, at) => chosen[at] && shown.ContainsKey(entry.Device.DeviceId)).OrderBy(entry => entry.Entry.Day).ThenBy(entry => entry.Device.DeviceId, StringComparer.Ordinal),
            ];

            // Asked for by an id it had before, a device answers with what counts from under that id.
            var isFormer = deviceId is not null && merges.Of(deviceId) is not null;
            return new DeviceUsage(
                [.. shown.Values.Where(device => merges.Of(device.DeviceId) is null || (device.IsOpen && merges.PlaceOf(device.DeviceId).Counts))],
                isFormer ? [.. counting.Where(entry => entry.Device.DeviceId == deviceId)] : counting)
            {
                PossibleDuplicates = PossibleDuplicates.Of(shown, counting, merges),
                MergedInto = isFormer ? shown[deviceId!].MergedInto : null,
                IsCut = read.Count > most,
            };
        },
        cancellation);

    private static async Task<Dictionary<string, UsageDevice>> DevicesAsync(IQueryable<DeviceRow> rows, MergeMap merges, CancellationToken cancellation)
    {
        var stored = await rows.OrderBy(row => row.DeviceId)
            .Select(row => new
            {
                row.DeviceId, row.OwnerUserId, row.Label, row.FirstContactAt, row.ConfirmedDay, row.ContinuesAfter, row.RewindFrom, row.RewindReason, row.RestoredAt,
                row.RestoredThrough, row.Standing,
            }).ToListAsync(cancellation);
        var found = stored.Select(row => row.DeviceId).ToHashSet(StringComparer.Ordinal);
        return stored.ToDictionary(
            row => row.DeviceId,
            row => new UsageDevice(
                row.DeviceId, row.Label, row.ConfirmedDay, row.ContinuesAfter, row.RewindFrom, row.RewindReason is { } reason ? RewindReasons.Parse(reason) : null,
                row.RestoredAt is { } restored ? new BackupGap(restored, row.RestoredThrough) : null)
            {
                OwnerUserId = row.OwnerUserId,
                FirstContactAt = row.FirstContactAt,
                IsRevoked = row.Standing == DeviceStanding.Revoked,
                MergedInto = merges.Of(row.DeviceId)?.IntoDeviceId is { } into && found.Contains(into) ? into : null,
            },
            StringComparer.Ordinal);
    }

    private static async Task<List<UsageEntry>> EntriesAsync(
        IngestDbContext context, string workspaceId, Dictionary<string, UsageDevice> devices, DayRange range, int most, CancellationToken cancellation)
    {
        await using var command = SnapshotReads.Command(
            context,
            Days,
            new NpgsqlParameter<string> { TypedValue = workspaceId },
            new NpgsqlParameter<string[]> { TypedValue = [.. devices.Keys] },
            new NpgsqlParameter<DateOnly> { TypedValue = range.From },
            new NpgsqlParameter<DateOnly> { TypedValue = range.To },
            new NpgsqlParameter<int> { TypedValue = most });
        var entries = new List<UsageEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) entries.Add(new UsageEntry(devices[reader.GetString(1)], LedgerRows.ReadDay(reader)));
        return entries;
    }
}

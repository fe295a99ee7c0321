using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Windows;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Merging;
using NpgsqlTypes;

namespace Ingest.Persistence.Windows;

internal sealed class WindowReader(SnapshotReads snapshots) : IWindowReader
{
    private const string Table = "window_summaries";

    private const string Order = "ORDER BY t.started_at DESC, t.device_id DESC, t.provider DESC";

    /// <summary>Devices are joined to the page, and not to all that is sorted for it.</summary>
    private const string Select = $"SELECT {SummaryRows.WindowFields}, {SendingDevices.Fields}\nFROM (SELECT * FROM {Table} AS t WHERE t.workspace_id = ";

    public Task<WindowPage?> ListAsync(Caller caller, WindowFilter filter, WindowPlace? after, int limit, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            if (await CountingDevices.ReadAsync(context, caller, filter.DeviceIds, filter.UserIds, cancellation) is not { } devices) return null;
            var query = new FilteredQuery(Select);
            query.Append(query.Value(caller.WorkspaceId, NpgsqlDbType.Text));
            devices.Restrict(query, Table, "provider", "started_at");
            if (filter.Range.From > DayRange.All.From) query.Where("t.started_at >= {0}", BeginOf(filter.Range.From), NpgsqlDbType.TimestampTz);
            if (filter.Range.To < DayRange.All.To) query.Where("t.started_at < {0}", BeginOf(filter.Range.To), NpgsqlDbType.TimestampTz);
            query.WhereAny("t.provider", filter.Providers);
            query.WhereAny("t.surface", filter.Surfaces);
            query.Where("t.hit_rate_limit = {0}", filter.HitRateLimit, NpgsqlDbType.Boolean);
            if (after is { } place)
            {
                query.Where(
                    $"(t.started_at, t.device_id, t.provider) < ({{0}}, {query.Value(place.DeviceId, NpgsqlDbType.Text)}, {query.Value(place.Provider, NpgsqlDbType.Text)})",
                    place.StartedAt,
                    NpgsqlDbType.TimestampTz);
            }

            query.Append($"\n{Order} LIMIT {query.Value(limit + 1, NpgsqlDbType.Integer)}) AS t\n{SendingDevices.Join}\n{Order}");
            await using var command = SnapshotReads.Command(context, query);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            var found = new List<ListedWindow>();
            while (await row.ReadAsync(cancellation)) found.Add(new ListedWindow(SummaryRows.ReadWindow(row, 0), SendingDevices.Read(row, SummaryRows.WindowColumns)));
            return new WindowPage([.. found.Take(limit)], found.Count > limit);
        },
        cancellation);

    private static DateTime BeginOf(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}

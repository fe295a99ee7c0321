using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Sessions;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Merging;
using NpgsqlTypes;

namespace Ingest.Persistence.Sessions;

internal sealed class SessionReader(SnapshotReads snapshots) : ISessionReader
{
    private const string Table = "session_summaries";

    /// <summary>The day first: it has an index, and a page is sorted day by day.</summary>
    private const string Order = "ORDER BY t.last_active_day DESC, coalesce(t.ended_at, t.started_at) DESC, t.device_id DESC, t.session_id DESC";

    /// <summary>Devices are joined to the page, and not to all that is sorted for it.</summary>
    private const string Select = $"SELECT {SummaryRows.SessionFields}, {SendingDevices.Fields}\nFROM (SELECT * FROM {Table} AS t WHERE t.workspace_id = ";

    public Task<SessionPage?> ListAsync(Caller caller, SessionFilter filter, SessionPlace? after, int limit, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            if (await CountingDevices.ReadAsync(context, caller, filter.DeviceIds, filter.UserIds, cancellation) is not { } devices) return null;
            var query = Query(caller, devices);
            Filter(query, filter);
            if (after is { } place)
            {
                query.Where("t.last_active_day <= {0}", DateOnly.FromDateTime(place.LastActiveAt.UtcDateTime), NpgsqlDbType.Date);
                query.Where(
                    $"(coalesce(t.ended_at, t.started_at), t.device_id, t.session_id) < ({{0}}, {query.Value(place.DeviceId, NpgsqlDbType.Text)}, {query.Value(place.SessionId, NpgsqlDbType.Text)})",
                    place.LastActiveAt,
                    NpgsqlDbType.TimestampTz);
            }

            var found = await ReadAsync(context, query, limit + 1, cancellation);
            return new SessionPage([.. found.Take(limit)], found.Count > limit);
        },
        cancellation);

    public Task<(bool DeviceIsVisible, ListedSession? Session)> FindAsync(Caller caller, string deviceId, string sessionId, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            if (await CountingDevices.ReadAsync(context, caller, new HashSet<string>(StringComparer.Ordinal) { deviceId }, new HashSet<string>(StringComparer.Ordinal), cancellation) is not { } devices) return (false, null);
            var query = Query(caller, devices);
            query.Where("t.session_id = {0}", sessionId, NpgsqlDbType.Text);
            return (true, (await ReadAsync(context, query, 1, cancellation)).SingleOrDefault());
        },
        cancellation);

    private static FilteredQuery Query(Caller caller, CountingDevices devices)
    {
        var query = new FilteredQuery(Select);
        query.Append(query.Value(caller.WorkspaceId, NpgsqlDbType.Text));
        devices.Restrict(query, Table, "session_id");
        return query;
    }

    private static void Filter(FilteredQuery query, SessionFilter filter)
    {
        if (filter.Range.From > DayRange.All.From) query.Where("t.last_active_day >= {0}", filter.Range.From, NpgsqlDbType.Date);
        if (filter.Range.To < DayRange.All.To) query.Where("t.last_active_day < {0}", filter.Range.To, NpgsqlDbType.Date);
        query.WhereAny("t.provider", filter.Providers);
        query.WhereAny("t.primary_model", filter.Models, SessionFilter.Untagged);
        query.WhereAny("t.repo_id", filter.RepoIds, SessionFilter.Untagged);
        query.WhereAny("t.git_branch", filter.GitBranches, SessionFilter.Untagged);
        query.WhereAny("t.ticket", filter.Tickets, SessionFilter.NoTicket);
        query.WhereAny("t.surface", filter.Surfaces);
        query.Where("t.vital_overall_state = {0}", filter.OverallState, NpgsqlDbType.Text);
    }

    private static async Task<List<ListedSession>> ReadAsync(IngestDbContext context, FilteredQuery query, int most, CancellationToken cancellation)
    {
        query.Append($"\n{Order} LIMIT {query.Value(most, NpgsqlDbType.Integer)}) AS t\n{SendingDevices.Join}\n{Order}");
        await using var command = SnapshotReads.Command(context, query);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var found = new List<ListedSession>();
        while (await row.ReadAsync(cancellation)) found.Add(new ListedSession(SummaryRows.ReadSession(row, 0), SendingDevices.Read(row, SummaryRows.SessionColumns)));
        return found;
    }
}

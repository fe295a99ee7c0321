using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Quarantine;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Reconciliation;

internal sealed class DayRowReader(SnapshotReads snapshots) : IDayRowReader
{
    /// <summary>An attempt's id holds when its request came in; the attempt is noted once its key was looked up.</summary>
    private static readonly TimeSpan NotedWithin = TimeSpan.FromMinutes(1);

    private const string Columns = """
        SELECT r.role, r.provider, r.model, r.repo_id, r.git_branch, r.surface, r.ticket, r.ticket_source, r.message_count, r.input_tokens,
               r.output_tokens, r.cache_creation_tokens, r.cache_read_tokens, r.cost_ingested, r.cost_effective, r.attempt_id, r.ghosted_at
        FROM daily_rollups AS r
        WHERE r.workspace_id = $1 AND r.device_id = $2 AND r.bucket_day = $3
        """;

    private const string Order = " ORDER BY r.role, r.provider, r.model, r.repo_id, r.git_branch, r.surface LIMIT $4";

    private const string FirstRows = Columns + Order;

    private const string NextRows = Columns + " AND (r.role, r.provider, r.model, r.repo_id, r.git_branch, r.surface) > ($5, $6, $7, $8, $9, $10)" + Order;

    private const string Ledger = LedgerRows.DayColumns + """

        FROM device_days AS t
        WHERE t.workspace_id = $1 AND t.device_id = $2 AND t.bucket_day = $3
        """;

    /// <summary>By way of the time in the id: the key of the attempts has the time before the id.</summary>
    private const string Attempts = """
        SELECT a.attempt_id, a.received_at
        FROM unnest($3::uuid[], $4::timestamptz[], $5::timestamptz[]) AS k (attempt_id, since, until)
        JOIN sync_attempts AS a ON a.workspace_id = $1 AND a.device_id = $2 AND a.received_at >= k.since AND a.received_at < k.until AND a.attempt_id = k.attempt_id
        """;

    public Task<DayRows?> ReadAsync(Caller caller, string deviceId, DateOnly day, RollupKey? after, int limit, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            if (await context.FindVisibleAsync(caller, deviceId, cancellation) is not { } device) return null;

            var entry = await EntryAsync(context, device.WorkspaceId, deviceId, day, cancellation);
            var rows = await RowsAsync(context, device.WorkspaceId, deviceId, day, after, limit + 1, cancellation);
            var hasMore = rows.Count > limit;
            if (hasMore) rows.RemoveAt(limit);
            await AddArrivalsAsync(context, device.WorkspaceId, deviceId, rows, cancellation);

            var (quarantined, count) = after is null && device.QuarantinedRows > 0
                ? await QuarantinedAsync(context, device.WorkspaceId, deviceId, day, cancellation)
                : ([], 0);
            return new DayRows(device.ConfirmedDay, entry, rows, hasMore, quarantined, count);
        },
        cancellation);

    private static async Task<LedgerDay?> EntryAsync(IngestDbContext context, string workspaceId, string deviceId, DateOnly day, CancellationToken cancellation)
    {
        await using var command = SnapshotReads.Command(context, Ledger, DayOf(workspaceId, deviceId, day));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? LedgerRows.ReadDay(reader) : null;
    }

    private static async Task<List<TracedRollup>> RowsAsync(
        IngestDbContext context, string workspaceId, string deviceId, DateOnly day, RollupKey? after, int limit, CancellationToken cancellation)
    {
        await using var command = SnapshotReads.Command(context, after is null ? FirstRows : NextRows, DayOf(workspaceId, deviceId, day));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        if (after is { } key)
        {
            foreach (var text in new[] { key.Role, key.Provider, key.Model, key.RepoId, key.GitBranch, key.Surface })
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        }

        var rows = new List<TracedRollup>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) rows.Add(RowAt(reader, day));
        return rows;
    }

    private static async Task<(IReadOnlyList<QuarantinedRow> Rows, long Count)> QuarantinedAsync(
        IngestDbContext context, string workspaceId, string deviceId, DateOnly day, CancellationToken cancellation)
    {
        var ofDay = context.Set<QuarantineRow>().Where(row => row.WorkspaceId == workspaceId && row.DeviceId == deviceId && row.BucketDay == day);
        var rows = await ofDay.OrderBy(row => row.Id).Take(DayRows.MostQuarantined).ToListAsync(cancellation);
        return (rows.ConvertAll(row => row.ToDomain()), await ofDay.LongCountAsync(cancellation));
    }

    private static async Task AddArrivalsAsync(IngestDbContext context, string workspaceId, string deviceId, List<TracedRollup> rows, CancellationToken cancellation)
    {
        var ids = rows.Select(row => row.AttemptId).OfType<Guid>().Where(id => id.Version == 7).Distinct().ToArray();
        if (ids.Length == 0) return;
        var since = Array.ConvertAll(ids, BeganAt);
        await using var command = SnapshotReads.Command(
            context,
            Attempts,
            new NpgsqlParameter<string> { TypedValue = workspaceId },
            new NpgsqlParameter<string> { TypedValue = deviceId },
            new NpgsqlParameter<Guid[]> { TypedValue = ids },
            new NpgsqlParameter<DateTime[]> { TypedValue = since },
            new NpgsqlParameter<DateTime[]> { TypedValue = Array.ConvertAll(since, at => at + NotedWithin) });
        var arrivals = new Dictionary<Guid, DateTimeOffset>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) arrivals[reader.GetGuid(0)] = reader.InstantAt(1)!.Value;
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].AttemptId is { } id && arrivals.TryGetValue(id, out var at)) rows[i] = rows[i] with { ReceivedAt = at };
        }
    }

    /// <summary>The first 48 bits of a UUID of version 7 are its milliseconds.</summary>
    private static DateTime BeganAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return milliseconds <= Instant.Latest.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime : Instant.Latest.UtcDateTime;
    }

    private static NpgsqlParameter[] DayOf(string workspaceId, string deviceId, DateOnly day) =>
    [
        new NpgsqlParameter<string> { TypedValue = workspaceId },
        new NpgsqlParameter<string> { TypedValue = deviceId },
        new NpgsqlParameter<DateOnly> { TypedValue = day },
    ];

    private static TracedRollup RowAt(NpgsqlDataReader row, DateOnly day) =>
        new(row.RollupAt(day, 0), row.IsDBNull(15) ? null : row.GetGuid(15), ReceivedAt: null, row.InstantAt(16));
}

using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Npgsql;

namespace Ingest.Persistence.Reconciliation;

internal sealed class ChangeReader(SnapshotReads snapshots) : IChangeReader
{
    private const string Columns = """
        v.version_id, v.bucket_day, v.changed_at, v.reasons, v.attempt_id, v.earlier_attempt_id, v.earlier_received_at,
        v.rollup_rows_before, v.message_count_before, v.input_tokens_before, v.output_tokens_before,
        v.cache_creation_tokens_before, v.cache_read_tokens_before, v.cost_ingested_before, v.cost_effective_before,
        v.rollup_rows_after, v.message_count_after, v.input_tokens_after, v.output_tokens_after,
        v.cache_creation_tokens_after, v.cache_read_tokens_after, v.cost_ingested_after, v.cost_effective_after
        """;

    /// <summary>Sorted anew for each page: the key has the day before the time, and the changes of one device are few.</summary>
    private const string Changes = $"""
        SELECT {Columns}
        FROM day_versions AS v
        WHERE v.workspace_id = $1 AND v.device_id = $2 AND v.bucket_day >= $3 AND v.bucket_day < $4 AND (v.changed_at, v.version_id) < ($5, $6)
        ORDER BY v.changed_at DESC, v.version_id DESC
        LIMIT $7
        """;

    private const string Version = $"""
        SELECT {Columns}, v.rows_before
        FROM day_versions AS v
        WHERE v.workspace_id = $1 AND v.device_id = $2 AND v.version_id = $3
        """;

    /// <summary>Before all changes: sorts after any.</summary>
    private static readonly TimedPlace Newest = new(DateTimeOffset.MaxValue, Guid.AllBitsSet);

    public Task<ChangePage?> ListAsync(Caller caller, string deviceId, DayRange range, TimedPlace? after, int limit, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            if (await context.FindVisibleAsync(caller, deviceId, cancellation) is null) return null;

            var (changedAt, versionId) = after ?? Newest;
            await using var command = SnapshotReads.Command(
                context,
                Changes,
                new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
                new NpgsqlParameter<string> { TypedValue = deviceId },
                new NpgsqlParameter<DateOnly> { TypedValue = range.From },
                new NpgsqlParameter<DateOnly> { TypedValue = range.To },
                new NpgsqlParameter<DateTime> { TypedValue = changedAt.UtcDateTime },
                new NpgsqlParameter<Guid> { TypedValue = versionId },
                new NpgsqlParameter<int> { TypedValue = limit + 1 });
            var changes = new List<RecordedChange>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) changes.Add(ChangeAt(reader));
            var hasMore = changes.Count > limit;
            if (hasMore) changes.RemoveAt(limit);
            return new ChangePage(changes, hasMore);
        },
        cancellation);

    public Task<(bool DeviceIsVisible, EarlierVersion? Version)> FindAsync(Caller caller, string deviceId, Guid versionId, CancellationToken cancellation) => snapshots.ReadAsync(
        caller.WorkspaceId,
        async context =>
        {
            if (await context.FindVisibleAsync(caller, deviceId, cancellation) is null) return (false, null);

            await using var command = SnapshotReads.Command(
                context,
                Version,
                new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
                new NpgsqlParameter<string> { TypedValue = deviceId },
                new NpgsqlParameter<Guid> { TypedValue = versionId });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return (true, await reader.ReadAsync(cancellation) ? new EarlierVersion(ChangeAt(reader), PackedRows.Unpack(reader.GetString(23))) : null);
        },
        cancellation);

    private static RecordedChange ChangeAt(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetFieldValue<DateOnly>(1),
        row.InstantAt(2)!.Value,
        row.GetFieldValue<string[]>(3),
        row.GetGuid(4),
        row.GetGuid(5),
        row.InstantAt(6)!.Value,
        row.TotalsAt(7),
        row.TotalsAt(15));
}

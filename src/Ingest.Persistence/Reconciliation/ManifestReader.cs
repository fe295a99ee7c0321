using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Reconciliation;

/// <summary>One statement, and so one round trip and one state of the database (P3).</summary>
internal sealed class ManifestReader(NpgsqlDataSource database) : IManifestReader
{
    /// <summary>A device without days is one row without a day.</summary>
    private const string Days = LedgerRows.DayColumns + """
        , d.confirmed_day, coalesce(q.quarantined, 0)
        FROM devices AS d
        LEFT JOIN LATERAL (
            SELECT * FROM device_days AS t
            WHERE t.workspace_id = $1 AND t.device_id = $3 AND t.bucket_day >= $4 AND t.bucket_day < $5 ORDER BY t.bucket_day LIMIT $6) AS t ON true
        LEFT JOIN (
            SELECT bucket_day, count(*) AS quarantined FROM quarantined_rows
            WHERE workspace_id = $1 AND device_id = $3 AND bucket_day >= $4 AND bucket_day < $5 GROUP BY bucket_day) AS q ON q.bucket_day = t.bucket_day
        WHERE d.workspace_id = $1 AND d.device_id = $3 AND ($2::uuid IS NULL OR d.owner_user_id = $2)
        ORDER BY t.bucket_day
        """;

    public Task<Manifest?> ReadAsync(Caller caller, string deviceId, DayRange range, int limit, CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.Of(caller.WorkspaceId));
        var parameters = batch.Add(Days);
        parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
        parameters.Add(VisibleDevices.OwnerOf(caller));
        parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
        parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = range.From });
        parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = range.To });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });

        await using var row = await batch.ReadAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var confirmedDay = row.DayAt(28);
        var days = new List<ManifestDay>();
        if (!row.IsDBNull(2))
        {
            do days.Add(new ManifestDay(LedgerRows.ReadDay(row), row.GetInt64(29)));
            while (await row.ReadAsync(cancellation));
        }

        var hasMore = days.Count > limit;
        if (hasMore) days.RemoveAt(limit);
        return new Manifest(confirmedDay, days, hasMore);
    });
}

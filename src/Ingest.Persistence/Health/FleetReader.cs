using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Merging;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Health;

/// <summary>
/// Counts in one query, over all workspaces: the rules of <see cref="SyncHealth"/> in the words of the database, since nobody wants every device to travel here
/// once a minute. What is not written behind yet is not in it.
/// </summary>
internal sealed class FleetReader(NpgsqlDataSource database) : IFleetReader
{
    /// <summary>A former id is awaited while it counts and is open, as <see cref="UsageDevice.IsOpen"/> has it.</summary>
    private const string States = MergeTable.WithUncounted + """
        SELECT f.state, count(*), count(*) FILTER (WHERE f.is_told), sum(f.quarantined_rows)::bigint, count(*) FILTER (WHERE f.is_missing)
        FROM (
            SELECT CASE
                       WHEN m.device_id IS NOT NULL THEN NULL
                       WHEN d.standing = 'revoked' THEN 'Revoked'
                       WHEN d.standing = 'paused' THEN 'Paused'
                       WHEN c.last_stored_at IS NULL THEN 'Never'
                       WHEN c.failing_since IS NOT NULL THEN 'Failing'
                       WHEN d.shared_seen_at >= $1 THEN 'SharedId'
                       WHEN greatest(c.last_stored_at, p.last_polled_at) < $2 THEN 'Silent'
                       WHEN greatest(c.last_stored_at, p.last_polled_at) < $3 THEN 'Late'
                       ELSE 'Healthy'
                   END AS state,
                   d.rewind_from IS NOT NULL AND u.device_id IS NULL
                       AND (m.device_id IS NULL OR d.restored_at IS NOT NULL OR coalesce(d.rewind_reason <> ALL ($4::text[]), true)) AS is_told,
                   d.quarantined_rows, d.restored_at IS NOT NULL AND d.standing <> 'revoked' AND u.device_id IS NULL AS is_missing
            FROM devices AS d
            LEFT JOIN device_merges AS m ON m.workspace_id = d.workspace_id AND m.device_id = d.device_id
            LEFT JOIN uncounted AS u ON u.workspace_id = d.workspace_id AND u.device_id = d.device_id
            LEFT JOIN device_contacts AS c ON c.workspace_id = d.workspace_id AND c.device_id = d.device_id
            LEFT JOIN (
                SELECT k.workspace_id, k.key_id, k.last_polled_at FROM api_keys AS k
                WHERE (SELECT count(*) FROM (
                    SELECT FROM device_contacts AS o WHERE o.workspace_id = k.workspace_id AND o.key_id = k.key_id LIMIT 2) AS two) = 1
            ) AS p ON p.workspace_id = c.workspace_id AND p.key_id = c.key_id
        ) AS f
        GROUP BY f.state
        """;

    public Task<FleetHealth> ReadAsync(DateTimeOffset now, CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.All);
        var parameters = batch.Add(States);
        foreach (var age in new[] { SyncHealth.SharedFor, SyncHealth.SilentAfter, SyncHealth.LateAfter })
            parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (now - age).UtcDateTime });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = RewindReasons.RoutineNames });
        var devices = new Dictionary<SyncState, long>();
        var (rewinds, quarantined, missing) = (0L, 0L, 0L);
        await using var row = await batch.ReadAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            // An id that was merged into another is no device: it would be silent for ever.
            if (row.TextAt(0) is { } state) devices[Enum.Parse<SyncState>(state)] = row.GetInt64(1);
            rewinds += row.GetInt64(2);
            quarantined += row.GetInt64(3);
            missing += row.GetInt64(4);
        }

        return new FleetHealth(devices, rewinds, quarantined, missing);
    });
}

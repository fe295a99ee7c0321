using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>The ledger's days and the rollups under them: how they are asked for, and how their rows are read.</summary>
internal static class LedgerRows
{
    /// <summary>Of a day named t, as <see cref="ReadDay"/> takes them.</summary>
    public const string DayColumns = """
        SELECT t.workspace_id, t.device_id, t.bucket_day, t.digest, t.digest_version, t.digest_before, t.clock_epoch, t.sent_at, t.received_at,
               t.attempt_id, t.rollup_rows, t.message_count, t.input_tokens, t.output_tokens, t.cache_creation_tokens, t.cache_read_tokens,
               t.cost_ingested, t.cost_effective, t.kept_rows, t.ghost_rows, t.flips, t.flipped_at, t.changed_after_close_at, t.shrunk_at,
               t.gone_at, t.expired_at, t.restored_at, t.changes
        """;

    public const string Days = DayColumns + """

        FROM unnest($1::text[], $2::text[], $3::date[]) AS k (workspace_id, device_id, bucket_day)
        JOIN device_days AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.bucket_day = k.bucket_day
        """;

    /// <summary>Of a daemon that went back: what stands between where it went back to and where its envelope ends, and is not named.</summary>
    public const string UnnamedDays = DayColumns + """

        FROM unnest($1::text[], $2::text[], $3::date[], $4::date[]) AS e (workspace_id, device_id, begins, ends)
        JOIN devices AS d ON d.workspace_id = e.workspace_id AND d.device_id = e.device_id AND e.begins <= d.confirmed_day
        JOIN device_days AS t ON t.workspace_id = e.workspace_id AND t.device_id = e.device_id
         AND t.bucket_day > least(d.continues_after, d.rewind_from - 1) AND t.bucket_day <= e.ends AND t.gone_at IS NULL AND t.expired_at IS NULL
        WHERE NOT EXISTS (
            SELECT FROM unnest($5::text[], $6::text[], $7::date[]) AS k (workspace_id, device_id, bucket_day)
            WHERE k.workspace_id = t.workspace_id AND k.device_id = t.device_id AND k.bucket_day = t.bucket_day)
        """;

    /// <summary>In key order, ghosts too.</summary>
    public const string Rollups = """
        SELECT t.workspace_id, t.device_id, t.bucket_day, t.role, t.provider, t.model, t.repo_id, t.git_branch, t.surface, t.ticket, t.ticket_source,
               t.message_count, t.input_tokens, t.output_tokens, t.cache_creation_tokens, t.cache_read_tokens, t.cost_ingested, t.cost_effective,
               t.ghosted_at IS NOT NULL
        FROM unnest($1::text[], $2::text[], $3::date[]) AS k (workspace_id, device_id, bucket_day)
        JOIN daily_rollups AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.bucket_day = k.bucket_day
        ORDER BY t.workspace_id, t.device_id, t.bucket_day, t.role, t.provider, t.model, t.repo_id, t.git_branch, t.surface
        """;

    public static LedgerDay ReadDay(NpgsqlDataReader row) => new()
    {
        Day = row.GetFieldValue<DateOnly>(2),
        Digest = new DayDigest(row.GetFieldValue<byte[]>(3)),
        DigestVersion = row.GetInt16(4),
        DigestBefore = row.IsDBNull(5) ? null : new DayDigest(row.GetFieldValue<byte[]>(5)),
        Order = row.OrderAt(6),
        ReceivedAt = row.InstantAt(8)!.Value,
        AttemptId = row.GetGuid(9),
        Totals = row.TotalsAt(10),
        KeptRows = row.GetInt32(18),
        GhostRows = row.GetInt32(19),
        Flips = row.GetInt32(20),
        FlippedAt = row.InstantAt(21),
        ChangedAfterCloseAt = row.InstantAt(22),
        ShrunkAt = row.InstantAt(23),
        GoneAt = row.InstantAt(24),
        ExpiredAt = row.InstantAt(25),
        RestoredAt = row.InstantAt(26),
        Changes = row.GetInt32(27),
    };

    public static StoredRollup ReadRollup(NpgsqlDataReader row) => new(row.RollupAt(row.GetFieldValue<DateOnly>(2), 3), IsGhost: row.GetBoolean(18));
}

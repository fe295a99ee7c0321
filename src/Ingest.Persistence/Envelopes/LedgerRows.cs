using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>The ledger's days and the rollups under them: how they are asked for, and how their rows are read.</summary>
internal static class LedgerRows
{
    /// <summary>Of a day named t, as <see cref="ReadDay"/> takes them.</summary>
    public const string DayColumns = "SELECT t.workspace_id, t.device_id, " + DayFields;

    /// <summary>By the place of the envelope that names the day; <see cref="ReadDay"/> takes them from the second column on.</summary>
    public const string Days = $"""
        SELECT k.work, {DayFields}
        FROM unnest($1::int[], $2::text[], $3::text[], $4::date[]) AS k (work, workspace_id, device_id, bucket_day)
        JOIN device_days AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.bucket_day = k.bucket_day
        """;

    /// <summary>Of a daemon that went back: what stands between where it went back to and where its envelope ends, and is not named.</summary>
    public const string UnnamedDays = $"""
        SELECT e.work, {DayFields}
        FROM unnest($1::int[], $2::text[], $3::text[], $4::date[], $5::date[]) AS e (work, workspace_id, device_id, begins, ends)
        JOIN devices AS d ON d.workspace_id = e.workspace_id AND d.device_id = e.device_id AND e.begins <= d.confirmed_day
        JOIN device_days AS t ON t.workspace_id = e.workspace_id AND t.device_id = e.device_id
         AND t.bucket_day > least(d.continues_after, d.rewind_from - 1) AND t.bucket_day <= e.ends AND t.gone_at IS NULL AND t.expired_at IS NULL
        WHERE NOT EXISTS (
            SELECT FROM unnest($6::int[], $7::date[]) AS k (work, bucket_day)
            WHERE k.work = e.work AND k.bucket_day = t.bucket_day)
        """;

    /// <summary>The rows of days, ghosts too, as <see cref="ReadRollup"/> takes them.</summary>
    public const string Rollups = $"""
        SELECT {RollupFields}
        FROM unnest($1::int[], $2::text[], $3::text[], $4::date[]) AS k (work, workspace_id, device_id, bucket_day)
        JOIN daily_rollups AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.bucket_day = k.bucket_day
        """;

    /// <summary>The same, only of days whose digest in the ledger is another one than the envelope's.</summary>
    public const string RollupsOfChangedDays = $"""
        SELECT {RollupFields}
        FROM unnest($1::int[], $2::text[], $3::text[], $4::date[], $5::bytea[]) AS k (work, workspace_id, device_id, bucket_day, digest)
        JOIN device_days AS d ON d.workspace_id = k.workspace_id AND d.device_id = k.device_id AND d.bucket_day = k.bucket_day AND d.digest <> k.digest
        JOIN daily_rollups AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.bucket_day = k.bucket_day
        """;

    private const string DayFields = """
        t.bucket_day, t.digest, t.digest_version, t.digest_before, t.clock_epoch, t.sent_at, t.received_at,
        t.attempt_id, t.rollup_rows, t.message_count, t.input_tokens, t.output_tokens, t.cache_creation_tokens, t.cache_read_tokens,
        t.cost_ingested, t.cost_effective, t.kept_rows, t.ghost_rows, t.flips, t.flipped_at, t.changed_after_close_at, t.shrunk_at,
        t.gone_at, t.expired_at, t.restored_at, t.changes
        """;

    private const string RollupFields = """
        k.work, t.bucket_day, t.role, t.provider, t.model, t.repo_id, t.git_branch, t.surface, t.ticket, t.ticket_source,
        t.message_count, t.input_tokens, t.output_tokens, t.cache_creation_tokens, t.cache_read_tokens, t.cost_ingested, t.cost_effective,
        t.ghosted_at IS NOT NULL
        """;

    /// <param name="row">A row of the reader.</param>
    /// <param name="first">The column of the day; the others are those behind it.</param>
    public static LedgerDay ReadDay(NpgsqlDataReader row, int first = 2) => new()
    {
        Day = row.GetFieldValue<DateOnly>(first),
        Digest = new DayDigest(row.GetFieldValue<byte[]>(first + 1)),
        DigestVersion = row.GetInt16(first + 2),
        DigestBefore = row.IsDBNull(first + 3) ? null : new DayDigest(row.GetFieldValue<byte[]>(first + 3)),
        Order = row.OrderAt(first + 4),
        ReceivedAt = row.InstantAt(first + 6)!.Value,
        AttemptId = row.GetGuid(first + 7),
        Totals = row.TotalsAt(first + 8),
        KeptRows = row.GetInt32(first + 16),
        GhostRows = row.GetInt32(first + 17),
        Flips = row.GetInt32(first + 18),
        FlippedAt = row.InstantAt(first + 19),
        ChangedAfterCloseAt = row.InstantAt(first + 20),
        ShrunkAt = row.InstantAt(first + 21),
        GoneAt = row.InstantAt(first + 22),
        ExpiredAt = row.InstantAt(first + 23),
        RestoredAt = row.InstantAt(first + 24),
        Changes = row.GetInt32(first + 25),
    };

    public static StoredRollup ReadRollup(NpgsqlDataReader row) =>
        new(row.RollupAt(row.GetFieldValue<DateOnly>(1), 2), IsGhost: row.GetBoolean(17));
}

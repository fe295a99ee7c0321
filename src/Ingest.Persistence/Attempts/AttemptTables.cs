using Ingest.Persistence.Envelopes;
using Npgsql;

namespace Ingest.Persistence.Attempts;

/// <summary>The statements that attempts and contacts are written behind with.</summary>
internal static class AttemptTables
{
    public const string LastRejectedDigest = """
        SELECT rejected_digest FROM sync_attempts
        WHERE workspace_id = $1 AND device_id = $2 ORDER BY received_at DESC, attempt_id DESC LIMIT 1
        """;

    public static readonly BulkUpsert<AttemptRow> Attempts = new(
        "sync_attempts",
        key:
        [
            new ValueColumn<AttemptRow, string>("workspace_id", "text", row => row.Attempt.WorkspaceId),
            new ValueColumn<AttemptRow, string>("device_id", "text", row => row.Attempt.DeviceId),
            new ValueColumn<AttemptRow, DateTime>("received_at", "timestamptz", row => row.Attempt.ReceivedAt.UtcDateTime),
            new ValueColumn<AttemptRow, Guid>("attempt_id", "uuid", row => row.Attempt.AttemptId),
        ],
        values:
        [
            new ValueColumn<AttemptRow, Guid>("key_id", "uuid", row => row.Attempt.KeyId),
            new ValueColumn<AttemptRow, DateTime>("last_received_at", "timestamptz", row => row.LastReceivedAt.UtcDateTime),
            new ValueColumn<AttemptRow, int>("attempts", "integer", row => row.Times),
            new ValueColumn<AttemptRow, short>("http_status", "smallint", row => (short)row.Attempt.HttpStatus),
            new ValueColumn<AttemptRow, string?>("code", "text", row => row.Attempt.Code),
            new ValueColumn<AttemptRow, string?>("detail", "text", row => row.Attempt.Detail),
            new ValueColumn<AttemptRow, short?>("schema_version", "smallint", row => (short?)row.Attempt.SchemaVersion),
            new ValueColumn<AttemptRow, DateTime?>("synced_at", "timestamptz", row => row.Attempt.SyncedAt?.UtcDateTime),
            new ValueColumn<AttemptRow, DateOnly?>("watermark", "date", row => row.Attempt.Watermark),
            new ValueColumn<AttemptRow, long>("body_bytes", "bigint", row => row.Attempt.BodyBytes),
            new ValueColumn<AttemptRow, long>("duration_us", "bigint", row => (long)row.Attempt.Duration.TotalMicroseconds),
            new ValueColumn<AttemptRow, int>("rollups", "integer", row => row.Attempt.Rollups),
            new ValueColumn<AttemptRow, int>("sessions", "integer", row => row.Attempt.Sessions),
            new ValueColumn<AttemptRow, int>("windows", "integer", row => row.Attempt.Windows),
            new ValueColumn<AttemptRow, int>("changed", "integer", row => row.Attempt.Counts.Changed),
            new ValueColumn<AttemptRow, int>("unchanged", "integer", row => row.Attempt.Counts.Unchanged),
            new ValueColumn<AttemptRow, int>("superseded", "integer", row => row.Attempt.Counts.Superseded),
            new ValueColumn<AttemptRow, int>("rejected", "integer", row => row.Attempt.Counts.Rejected),
            new ValueColumn<AttemptRow, byte[]?>("rejected_digest", "bytea", row => row.Attempt.RejectedDigest),
        ]);

    /// <summary>Counts repeats into the rows they equal.</summary>
    public static NpgsqlBatchCommand Count(IReadOnlyList<AttemptRepeat> repeats)
    {
        var command = new NpgsqlBatchCommand("""
            UPDATE sync_attempts AS t SET attempts = t.attempts + r.times, last_received_at = r.last_received_at
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::integer[], $6::timestamptz[])
              AS r (workspace_id, device_id, received_at, attempt_id, times, last_received_at)
            WHERE t.workspace_id = r.workspace_id AND t.device_id = r.device_id AND t.received_at = r.received_at AND t.attempt_id = r.attempt_id
            """);
        Bind(command, repeats, repeat => repeat.Written.WorkspaceId);
        Bind(command, repeats, repeat => repeat.Written.DeviceId);
        Bind(command, repeats, repeat => repeat.Written.ReceivedAt.UtcDateTime);
        Bind(command, repeats, repeat => repeat.Written.AttemptId);
        Bind(command, repeats, repeat => repeat.Times);
        Bind(command, repeats, repeat => repeat.LastReceivedAt.UtcDateTime);
        return command;
    }

    /// <summary>
    /// Writes contacts of registered devices; of one that is not there is nothing to be told but its attempts. What another instance
    /// wrote meanwhile is kept where it is newer.
    /// </summary>
    public static NpgsqlBatchCommand Contacts(IReadOnlyList<ContactFacts> facts)
    {
        var command = new NpgsqlBatchCommand("""
            INSERT INTO device_contacts AS t (workspace_id, device_id, key_id, last_attempt_id, last_attempt_at, last_http_status, last_code, last_detail,
                last_stored_at, failing_since, clock_epoch, newest_synced_at, late_by_ms, late_synced_at, clock_skew_ms)
            SELECT c.* FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::smallint[], $7::text[], $8::text[],
                $9::timestamptz[], $10::timestamptz[], $11::integer[], $12::timestamptz[], $13::bigint[], $14::timestamptz[], $15::bigint[])
              AS c (workspace_id, device_id, key_id, last_attempt_id, last_attempt_at, last_http_status, last_code, last_detail,
                last_stored_at, failing_since, clock_epoch, newest_synced_at, late_by_ms, late_synced_at, clock_skew_ms)
            JOIN devices AS d ON d.workspace_id = c.workspace_id AND d.device_id = c.device_id
            ON CONFLICT (workspace_id, device_id) DO UPDATE SET
                key_id = EXCLUDED.key_id,
                last_attempt_id = EXCLUDED.last_attempt_id,
                last_attempt_at = EXCLUDED.last_attempt_at,
                last_http_status = EXCLUDED.last_http_status,
                last_code = EXCLUDED.last_code,
                last_detail = EXCLUDED.last_detail,
                last_stored_at = greatest(t.last_stored_at, EXCLUDED.last_stored_at),
                failing_since = CASE WHEN EXCLUDED.failing_since IS NULL THEN NULL ELSE coalesce(t.failing_since, EXCLUDED.failing_since) END,
                newest_synced_at = CASE
                    WHEN EXCLUDED.clock_epoch > t.clock_epoch THEN EXCLUDED.newest_synced_at
                    WHEN EXCLUDED.clock_epoch = t.clock_epoch THEN greatest(t.newest_synced_at, EXCLUDED.newest_synced_at)
                    ELSE t.newest_synced_at END,
                clock_epoch = greatest(t.clock_epoch, EXCLUDED.clock_epoch),
                late_by_ms = EXCLUDED.late_by_ms,
                late_synced_at = EXCLUDED.late_synced_at,
                clock_skew_ms = coalesce(EXCLUDED.clock_skew_ms, t.clock_skew_ms)
            WHERE EXCLUDED.last_attempt_at >= t.last_attempt_at
            """);
        Bind(command, facts, fact => fact.WorkspaceId);
        Bind(command, facts, fact => fact.DeviceId);
        Bind(command, facts, fact => fact.LastAttempt.KeyId);
        Bind(command, facts, fact => fact.LastAttempt.AttemptId);
        Bind(command, facts, fact => fact.LastAttempt.ReceivedAt.UtcDateTime);
        Bind(command, facts, fact => (short)fact.LastAttempt.HttpStatus);
        Bind(command, facts, fact => fact.LastAttempt.Code);
        Bind(command, facts, fact => fact.LastAttempt.Detail);
        Bind(command, facts, fact => fact.LastStoredAt?.UtcDateTime);
        Bind(command, facts, fact => fact.FailingSince?.UtcDateTime);
        Bind(command, facts, fact => fact.Clock.Epoch);
        Bind(command, facts, fact => fact.Clock.Newest?.UtcDateTime);
        Bind(command, facts, fact => (long?)fact.Clock.LateBy?.TotalMilliseconds);
        Bind(command, facts, fact => fact.Clock.LateStamp?.UtcDateTime);
        Bind(command, facts, fact => (long?)fact.ClockSkew?.TotalMilliseconds);
        return command;
    }

    private static void Bind<TRow, TValue>(NpgsqlBatchCommand command, IReadOnlyList<TRow> rows, Func<TRow, TValue> valueOf) =>
        command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = [.. rows.Select(valueOf)] });
}

using Ingest.Domain.Health;
using Ingest.Persistence.Envelopes;
using Npgsql;

namespace Ingest.Persistence.Attempts;

/// <summary>The statements that attempts and contacts are written behind with.</summary>
internal static class AttemptTables
{
    /// <summary>Of the latest attempts only: what was refused long ago is not what a device repeats, and the look-up must not grow with the table.</summary>
    public const string LastRejectedDigest = """
        SELECT rejected_digest
        FROM (SELECT received_at, attempt_id, rejected_digest FROM sync_attempts
              WHERE workspace_id = $1 AND device_id = $2 ORDER BY received_at DESC, attempt_id DESC LIMIT 500) AS latest
        WHERE rejected_digest IS NOT NULL ORDER BY received_at DESC, attempt_id DESC LIMIT 1
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

    private static readonly Column<AttemptRepeat>[] Repeat =
    [
        new ValueColumn<AttemptRepeat, string>("workspace_id", "text", repeat => repeat.Written.WorkspaceId),
        new ValueColumn<AttemptRepeat, string>("device_id", "text", repeat => repeat.Written.DeviceId),
        new ValueColumn<AttemptRepeat, DateTime>("received_at", "timestamptz", repeat => repeat.Written.ReceivedAt.UtcDateTime),
        new ValueColumn<AttemptRepeat, Guid>("attempt_id", "uuid", repeat => repeat.Written.AttemptId),
        new ValueColumn<AttemptRepeat, int>("times", "integer", repeat => repeat.Times),
        new ValueColumn<AttemptRepeat, DateTime>("last_received_at", "timestamptz", repeat => repeat.LastReceivedAt.UtcDateTime),
    ];

    private static readonly Column<ContactFacts>[] Contact =
    [
        new ValueColumn<ContactFacts, string>("workspace_id", "text", fact => fact.WorkspaceId),
        new ValueColumn<ContactFacts, string>("device_id", "text", fact => fact.DeviceId),
        new ValueColumn<ContactFacts, Guid>("key_id", "uuid", fact => fact.LastAttempt.KeyId),
        new ValueColumn<ContactFacts, Guid>("last_attempt_id", "uuid", fact => fact.LastAttempt.AttemptId),
        new ValueColumn<ContactFacts, DateTime>("last_attempt_at", "timestamptz", fact => fact.LastAttempt.ReceivedAt.UtcDateTime),
        new ValueColumn<ContactFacts, short>("last_http_status", "smallint", fact => (short)fact.LastAttempt.HttpStatus),
        new ValueColumn<ContactFacts, string?>("last_code", "text", fact => fact.LastAttempt.Code),
        new ValueColumn<ContactFacts, string?>("last_detail", "text", fact => fact.LastAttempt.Detail),
        new ValueColumn<ContactFacts, DateTime?>("last_stored_at", "timestamptz", fact => fact.LastStoredAt?.UtcDateTime),
        new ValueColumn<ContactFacts, DateTime?>("failing_since", "timestamptz", fact => fact.FailingSince?.UtcDateTime),
        new ValueColumn<ContactFacts, DateTime?>("healthy_since", "timestamptz", fact => fact.FailingSince is null ? fact.LastStoredAt?.UtcDateTime : null),
        new ValueColumn<ContactFacts, int>("clock_epoch", "integer", fact => fact.Clock.Epoch),
        new ValueColumn<ContactFacts, DateTime?>("newest_synced_at", "timestamptz", fact => fact.Clock.Newest?.UtcDateTime),
        new ValueColumn<ContactFacts, long?>("late_by_ms", "bigint", fact => (long?)fact.Clock.LateBy?.TotalMilliseconds),
        new ValueColumn<ContactFacts, DateTime?>("late_synced_at", "timestamptz", fact => fact.Clock.LateStamp?.UtcDateTime),
        new ValueColumn<ContactFacts, long?>("clock_offset_ms", "bigint", fact => (long?)fact.Clock.Offset?.TotalMilliseconds),
        new ValueColumn<ContactFacts, DateTime?>("left_behind_at", "timestamptz", fact => fact.Clock.LeftBehind?.UtcDateTime),
        new ValueColumn<ContactFacts, long?>("clock_skew_ms", "bigint", fact => (long?)fact.ClockSkew?.TotalMilliseconds),
    ];

    private static readonly string CountRepeats = $"""
        UPDATE sync_attempts AS t SET attempts = t.attempts + r.times, last_received_at = r.last_received_at
        FROM {Column.Unnest(Repeat, "r")}
        WHERE t.workspace_id = r.workspace_id AND t.device_id = r.device_id AND t.received_at = r.received_at AND t.attempt_id = r.attempt_id
        """;

    private static readonly string WriteContacts = $"""
        INSERT INTO device_contacts AS t ({Column.Names(Contact)})
        SELECT c.* FROM {Column.Unnest(Contact, "c")}
        JOIN devices AS d ON d.workspace_id = c.workspace_id AND d.device_id = c.device_id
        ORDER BY c.workspace_id, c.device_id
        ON CONFLICT (workspace_id, device_id) DO UPDATE SET
            {OfLaterAttempt("key_id")},
            {OfLaterAttempt("last_attempt_id")},
            {OfLaterAttempt("last_attempt_at")},
            {OfLaterAttempt("last_http_status")},
            {OfLaterAttempt("last_code")},
            {OfLaterAttempt("last_detail")},
            last_stored_at = greatest(t.last_stored_at, EXCLUDED.last_stored_at),
            failing_since = CASE
                WHEN EXCLUDED.last_attempt_at < t.last_attempt_at THEN t.failing_since
                WHEN EXCLUDED.failing_since IS NULL THEN NULL
                WHEN t.failing_since IS NULL AND t.last_stored_at > EXCLUDED.failing_since THEN EXCLUDED.last_attempt_at
                ELSE coalesce(t.failing_since, EXCLUDED.failing_since) END,
            healthy_since = CASE
                WHEN EXCLUDED.last_attempt_at < t.last_attempt_at THEN t.healthy_since
                WHEN EXCLUDED.healthy_since IS NULL THEN NULL
                WHEN t.healthy_since IS NULL THEN EXCLUDED.healthy_since
                WHEN EXCLUDED.last_stored_at - t.last_stored_at > make_interval(secs => {SyncHealth.LateAfter.TotalSeconds}) THEN EXCLUDED.healthy_since
                ELSE t.healthy_since END,
            newest_synced_at = CASE
                WHEN EXCLUDED.clock_epoch > t.clock_epoch THEN EXCLUDED.newest_synced_at
                WHEN EXCLUDED.clock_epoch = t.clock_epoch THEN greatest(t.newest_synced_at, EXCLUDED.newest_synced_at)
                ELSE t.newest_synced_at END,
            {OfNewerStamp("clock_offset_ms")},
            {OfNewerStamp("left_behind_at")},
            clock_epoch = greatest(t.clock_epoch, EXCLUDED.clock_epoch),
            {OfLaterAttempt("late_by_ms")},
            {OfLaterAttempt("late_synced_at")},
            clock_skew_ms = CASE WHEN EXCLUDED.last_attempt_at < t.last_attempt_at THEN t.clock_skew_ms ELSE coalesce(EXCLUDED.clock_skew_ms, t.clock_skew_ms) END
        """;

    /// <summary>Counts repeats into the rows they equal.</summary>
    public static NpgsqlBatchCommand Count(IReadOnlyList<AttemptRepeat> repeats) => Column.Command(CountRepeats, Repeat, repeats);

    /// <summary>
    /// Writes contacts of registered devices; of one that is not there is nothing to be told but its attempts. What another instance
    /// wrote meanwhile is kept where it is newer: field by field, since the one whose attempt was the later one need not have seen the newest stamp.
    /// </summary>
    public static NpgsqlBatchCommand Contacts(IReadOnlyList<ContactFacts> facts) => Column.Command(WriteContacts, Contact, facts);

    private static string OfLaterAttempt(string column) =>
        $"{column} = CASE WHEN EXCLUDED.last_attempt_at < t.last_attempt_at THEN t.{column} ELSE EXCLUDED.{column} END";

    private static string OfNewerStamp(string column) =>
        $"{column} = CASE WHEN (t.clock_epoch, t.newest_synced_at) > (EXCLUDED.clock_epoch, EXCLUDED.newest_synced_at) THEN t.{column} ELSE EXCLUDED.{column} END";
}

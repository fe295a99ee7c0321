using Ingest.Domain.Health;
using Ingest.Domain.Identity;
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

    public static readonly BulkUpsert<AttemptCount> Attempts = new(
        "sync_attempts",
        key:
        [
            new ValueColumn<AttemptCount, string>("workspace_id", "text", count => count.Row.Attempt.WorkspaceId),
            new ValueColumn<AttemptCount, string>("device_id", "text", count => count.Row.Attempt.DeviceId),
            new ValueColumn<AttemptCount, DateTime>("received_at", "timestamptz", count => count.Row.Attempt.ReceivedAt.UtcDateTime),
            new ValueColumn<AttemptCount, Guid>("attempt_id", "uuid", count => count.Row.Attempt.AttemptId),
        ],
        values:
        [
            new ValueColumn<AttemptCount, Guid>("key_id", "uuid", count => count.Row.Attempt.KeyId),
            new ValueColumn<AttemptCount, DateTime>("last_received_at", "timestamptz", count => count.LastReceivedAt.UtcDateTime),
            new ValueColumn<AttemptCount, int>("attempts", "integer", count => count.Times),
            new ValueColumn<AttemptCount, short>("http_status", "smallint", count => (short)count.Row.Attempt.HttpStatus),
            new ValueColumn<AttemptCount, string?>("code", "text", count => count.Row.Attempt.Code),
            new ValueColumn<AttemptCount, string?>("detail", "text", count => count.Row.Attempt.Detail),
            new ValueColumn<AttemptCount, short?>("schema_version", "smallint", count => (short?)count.Row.Attempt.SchemaVersion),
            new ValueColumn<AttemptCount, DateTime?>("synced_at", "timestamptz", count => count.Row.Attempt.SyncedAt?.UtcDateTime),
            new ValueColumn<AttemptCount, DateOnly?>("watermark", "date", count => count.Row.Attempt.Watermark),
            new ValueColumn<AttemptCount, long>("body_bytes", "bigint", count => count.Row.Attempt.BodyBytes),
            new ValueColumn<AttemptCount, long>("duration_us", "bigint", count => (long)count.Row.Attempt.Duration.TotalMicroseconds),
            new ValueColumn<AttemptCount, int>("rollups", "integer", count => count.Row.Attempt.Rollups),
            new ValueColumn<AttemptCount, int>("sessions", "integer", count => count.Row.Attempt.Sessions),
            new ValueColumn<AttemptCount, int>("windows", "integer", count => count.Row.Attempt.Windows),
            new ValueColumn<AttemptCount, int>("changed", "integer", count => count.Row.Attempt.Counts.Changed),
            new ValueColumn<AttemptCount, int>("unchanged", "integer", count => count.Row.Attempt.Counts.Unchanged),
            new ValueColumn<AttemptCount, int>("superseded", "integer", count => count.Row.Attempt.Counts.Superseded),
            new ValueColumn<AttemptCount, int>("rejected", "integer", count => count.Row.Attempt.Counts.Rejected),
            new ValueColumn<AttemptCount, byte[]?>("rejected_digest", "bytea", count => count.Row.Attempt.RejectedDigest),
        ]);

    private static readonly Column<AttemptCount>[] Counted =
    [
        new ValueColumn<AttemptCount, string>("workspace_id", "text", count => count.Row.Attempt.WorkspaceId),
        new ValueColumn<AttemptCount, string>("device_id", "text", count => count.Row.Attempt.DeviceId),
        new ValueColumn<AttemptCount, DateTime>("received_at", "timestamptz", count => count.Row.Attempt.ReceivedAt.UtcDateTime),
        new ValueColumn<AttemptCount, Guid>("attempt_id", "uuid", count => count.Row.Attempt.AttemptId),
        new ValueColumn<AttemptCount, int>("attempts", "integer", count => count.Times),
        new ValueColumn<AttemptCount, DateTime>("last_received_at", "timestamptz", count => count.LastReceivedAt.UtcDateTime),
    ];

    private static readonly Column<ContactFacts>[] Contact =
    [
        new ValueColumn<ContactFacts, string>("workspace_id", "text", fact => fact.WorkspaceId),
        new ValueColumn<ContactFacts, string>("device_id", "text", fact => fact.DeviceId),
        new ValueColumn<ContactFacts, Guid>("key_id", "uuid", fact => fact.LastAttempt.KeyId),
        new ValueColumn<ContactFacts, Guid>("last_attempt_id", "uuid", fact => fact.LastAttempt.AttemptId),
        new ValueColumn<ContactFacts, DateTime>("last_attempt_at", "timestamptz", fact => fact.LastAttempt.At.UtcDateTime),
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

    private static readonly Column<DroppedCount>[] DroppedColumns =
    [
        new ValueColumn<DroppedCount, string>("workspace_id", "text", count => count.WorkspaceId),
        new ValueColumn<DroppedCount, string>("device_id", "text", count => count.DeviceId),
        new ValueColumn<DroppedCount, string>("name", "text", count => count.Name),
        new ValueColumn<DroppedCount, long>("times", "bigint", count => count.Times),
        new ValueColumn<DroppedCount, DateTime>("last_at", "timestamptz", count => count.LastAt.UtcDateTime),
    ];

    private static readonly string AddDropped = $"""
        INSERT INTO dropped_fields AS t ({Column.Names(DroppedColumns)})
        SELECT c.* FROM {Column.Unnest(DroppedColumns, "c")}
        JOIN devices AS d ON d.workspace_id = c.workspace_id AND d.device_id = c.device_id
        ORDER BY c.workspace_id, c.device_id, c.name
        ON CONFLICT (workspace_id, device_id, name) DO UPDATE SET times = t.times + EXCLUDED.times, last_at = greatest(t.last_at, EXCLUDED.last_at)
        """;

    private const string DeleteDeleted = """
        DELETE FROM sync_attempts AS t
        USING unnest($1::text[], $2::text[], $3::bytea[]) AS k (workspace_id, device_id, device_hash)
        JOIN deleted_devices AS d ON d.workspace_id = k.workspace_id AND d.device_hash = k.device_hash
        WHERE t.workspace_id = k.workspace_id AND t.device_id = k.device_id
        """;

    private static readonly string CountOn = $"""
        UPDATE sync_attempts AS t SET attempts = c.attempts, last_received_at = c.last_received_at
        FROM {Column.Unnest(Counted, "c")}
        WHERE t.workspace_id = c.workspace_id AND t.device_id = c.device_id AND t.received_at = c.received_at AND t.attempt_id = c.attempt_id
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

    /// <summary>
    /// Takes away what was written of devices that were deleted: another instance, or this one, still had it in hand. Only a hash is left to know them by.
    /// </summary>
    public static NpgsqlBatchCommand WithoutDeleted(IReadOnlyList<AttemptCount> counts)
    {
        var devices = counts.Select(count => (count.Row.Attempt.WorkspaceId, count.Row.Attempt.DeviceId)).Where(device => device.DeviceId.Length > 0).Distinct().ToList();
        return Column.Command(
            DeleteDeleted,
            [
                Column.Text<(string WorkspaceId, string DeviceId)>("workspace_id", device => device.WorkspaceId),
                Column.Text<(string WorkspaceId, string DeviceId)>("device_id", device => device.DeviceId),
                new ValueColumn<(string WorkspaceId, string DeviceId), byte[]>("device_hash", "bytea", device => DeletedDevice.HashOf(device.WorkspaceId, device.DeviceId)),
            ],
            devices);
    }

    /// <summary>Writes how often attempts came that are there already.</summary>
    public static NpgsqlBatchCommand Count(IReadOnlyList<AttemptCount> counts) => Column.Command(CountOn, Counted, counts);

    /// <summary>
    /// Writes contacts of registered devices; of one that is not there is nothing to be told but its attempts. What another instance
    /// wrote meanwhile is kept where it is newer: field by field, since the one whose attempt was the later one need not have seen the newest stamp.
    /// </summary>
    public static NpgsqlBatchCommand Contacts(IReadOnlyList<ContactFacts> facts) => Column.Command(WriteContacts, Contact, facts);

    /// <summary>Adds to what registered devices have sent and may not.</summary>
    public static NpgsqlBatchCommand Dropped(IEnumerable<UnwrittenDrops> drops) => Column.Command(AddDropped, DroppedColumns, [.. drops.SelectMany(drop => drop.Counts())]);

    private static string OfLaterAttempt(string column) =>
        $"{column} = CASE WHEN EXCLUDED.last_attempt_at < t.last_attempt_at THEN t.{column} ELSE EXCLUDED.{column} END";

    private static string OfNewerStamp(string column) =>
        $"{column} = CASE WHEN (t.clock_epoch, t.newest_synced_at) > (EXCLUDED.clock_epoch, EXCLUDED.newest_synced_at) THEN t.{column} ELSE EXCLUDED.{column} END";
}

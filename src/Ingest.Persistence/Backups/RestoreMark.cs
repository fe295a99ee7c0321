using Ingest.Persistence.Identity;

namespace Ingest.Persistence.Backups;

/// <summary>
/// What makes an old state of the database safe to go on from. The server comes back in maintenance: it does not know keys made since, and would answer
/// them 401, which stops a stock daemon. Every device is asked for all it has, compared row by row, and is marked until it has come. Where a device was in
/// its history is forgotten: it has gone on since. No revision is one that a running instance may have something in memory for. Copies of days are thrown away:
/// a backup may have left them out, and one that an instance is making is of what was here before.
/// </summary>
internal static class RestoreMark
{
    /// <summary>Within schema public. Of a backup that is older than the column, the migration which adds it finds it there.</summary>
    public static string Sql(DateTimeOffset now) => $"""
        UPDATE server_state SET maintenance_since = coalesce(maintenance_since, {Literal(now)});
        ALTER TABLE devices ADD COLUMN IF NOT EXISTS restored_at timestamptz, ADD COLUMN IF NOT EXISTS restored_through date;
        UPDATE device_rewinds SET ended_at = {Literal(now)}, outcome = 'unheeded' WHERE ended_at IS NULL;
        UPDATE devices SET restored_at = {Literal(now)}, restored_through = CASE WHEN restored_at IS NULL THEN confirmed_day ELSE restored_through END,
            revision = gen_random_uuid(), requested_from = '1970-01-01', requested_verify = true,
            continues_after = NULL, verify_from = NULL, rewind_from = NULL, rewind_since = NULL, rewind_reason = NULL,
            rewind_unheeded = 0, rewind_held_day = NULL, rewind_verifies = false;
        DO $do$
        BEGIN
            IF to_regclass('usage_blocks') IS NOT NULL THEN
                EXECUTE 'DELETE FROM usage_blocks';
                EXECUTE 'UPDATE device_days SET in_block = false WHERE in_block';
            END IF;
        END
        $do$;
        SELECT pg_notify('{IdentityChannel.Name}', '{IdentityChannel.DatabaseRestored}');
        """;

    private static string Literal(DateTimeOffset now) => $"timestamptz '{now.UtcDateTime:O}'";
}

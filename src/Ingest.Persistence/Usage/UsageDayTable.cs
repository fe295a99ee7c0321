using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;
using Ingest.Persistence.Envelopes;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Usage;

/// <summary>The ledger's days and their live rows as blocks are made of them.</summary>
internal static class UsageDayTable
{
    private const string DayFields = "t.bucket_day, t.device_id, t.received_at, t.expired_at IS NOT NULL, t.digest_version, t.digest, t.xmin::text::bigint";

    /// <summary>Of some devices, from one day on and before another.</summary>
    public const string OfDevices = $"""
        SELECT {DayFields}
        FROM unnest($2::text[]) AS k (device_id)
        CROSS JOIN LATERAL (
            SELECT d.*, d.xmin FROM device_days AS d
            WHERE d.workspace_id = $1 AND d.device_id = k.device_id AND d.bucket_day >= $3 AND d.bucket_day < $4
            ORDER BY d.bucket_day) AS t
        ORDER BY t.bucket_day, t.device_id
        """;

    /// <summary>Of all devices on one day, what its block does not hold as it is.</summary>
    public const string BesideBlock = $"""
        SELECT {DayFields} FROM device_days AS t WHERE t.workspace_id = $1 AND t.bucket_day = $2 AND NOT t.in_block ORDER BY t.bucket_day, t.device_id
        """;

    private const string Rows = """
        SELECT t.bucket_day, t.device_id, t.role, t.provider, t.model, t.repo_id, t.git_branch, t.surface, t.ticket, t.ticket_source,
               t.message_count, t.input_tokens, t.output_tokens, t.cache_creation_tokens, t.cache_read_tokens, t.cost_ingested, t.cost_effective
        FROM unnest($2::text[]) AS k (device_id)
        CROSS JOIN LATERAL (
            SELECT * FROM daily_rollups AS r
            WHERE r.workspace_id = $1 AND r.device_id = k.device_id AND r.bucket_day >= $3 AND r.bucket_day < $4 AND r.ghosted_at IS NULL
            ORDER BY r.bucket_day) AS t
        ORDER BY t.bucket_day, t.device_id
        """;

    /// <param name="days">Answers <see cref="OfDevices"/> or <see cref="BesideBlock"/>.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<List<StoredDay>> DaysAsync(NpgsqlCommand days, CancellationToken cancellation)
    {
        await using var row = await days.ExecuteReaderAsync(cancellation);
        var stored = new List<StoredDay>();
        while (await row.ReadAsync(cancellation))
        {
            stored.Add(new StoredDay(
                row.GetFieldValue<DateOnly>(0), row.GetString(1), row.InstantAt(2)!.Value, row.GetBoolean(3), row.GetInt16(4), new DayDigest(row.GetFieldValue<byte[]>(5)),
                row.GetInt64(6)));
        }

        return stored;
    }

    public static NpgsqlParameter[] Of(string workspaceId, IEnumerable<string> devices, DateOnly from, DateOnly to) =>
        [Text(workspaceId), new NpgsqlParameter<string[]> { TypedValue = [.. devices] }, Date(from), Date(to)];

    /// <summary>Blocks of these days, in their order, from the rows of the same state of the database.</summary>
    public static async Task<List<UsageBlock>> BlocksAsync(IngestDbContext context, string workspaceId, List<StoredDay> days, CancellationToken cancellation)
    {
        var blocks = new List<UsageBlock>();
        if (days.Count == 0) return blocks;
        await using var command = SnapshotReads.Command(
            context, Rows, Of(workspaceId, days.Select(day => day.DeviceId).Distinct(StringComparer.Ordinal), days[0].Day, days[^1].Day.AddDays(1)));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var hasRow = await row.ReadAsync(cancellation);
        foreach (var byDay in days.GroupBy(day => day.Day))
        {
            var builder = new UsageBlockBuilder(byDay.Key);
            foreach (var day in byDay)
            {
                builder.Begin(day.DeviceId, day.ReceivedAt, day.IsExpired, day.DigestVersion, day.Digest);

                // Rows of days that are not asked for come along where devices differ in theirs.
                while (hasRow && Compare(row, day) < 0) hasRow = await row.ReadAsync(cancellation);
                for (; hasRow && Compare(row, day) == 0; hasRow = await row.ReadAsync(cancellation))
                {
                    if (!day.IsExpired) builder.Add(row.RollupAt(day.Day, 2));
                }
            }

            blocks.Add(builder.Build());
        }

        return blocks;
    }

    private static int Compare(NpgsqlDataReader row, StoredDay day)
    {
        var byDay = row.GetFieldValue<DateOnly>(0).CompareTo(day.Day);
        return byDay != 0 ? byDay : string.CompareOrdinal(row.GetString(1), day.DeviceId);
    }

    /// <param name="Version">The transaction that wrote it last.</param>
    public sealed record StoredDay(
        DateOnly Day, string DeviceId, DateTimeOffset ReceivedAt, bool IsExpired, short DigestVersion, DayDigest Digest, long Version);
}

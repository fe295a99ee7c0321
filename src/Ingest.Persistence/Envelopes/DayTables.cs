using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Npgsql;
using static Ingest.Persistence.Envelopes.Column;
using GhostRow = (Ingest.Persistence.Envelopes.DayWrite Day, Ingest.Domain.Envelopes.RollupKey Key);
using RollupRow = (Ingest.Persistence.Envelopes.DayWrite Day, Ingest.Domain.Ledger.RollupWrite Write);

namespace Ingest.Persistence.Envelopes;

/// <summary>A day's rows, its entry in the ledger and its earlier version are written together, whoever changes it.</summary>
internal static class DayTables
{
    public const string Rollups = "daily_rollups";

    private static readonly Column<RollupRow>[] Numbers =
    [
        Number<RollupRow>("message_count", row => row.Write.Row.MessageCount),
        Number<RollupRow>("input_tokens", row => row.Write.Row.InputTokens),
        Number<RollupRow>("output_tokens", row => row.Write.Row.OutputTokens),
        Number<RollupRow>("cache_creation_tokens", row => row.Write.Row.CacheCreationTokens),
        Number<RollupRow>("cache_read_tokens", row => row.Write.Row.CacheReadTokens),
        Number<RollupRow>("cost_ingested", row => row.Write.Row.CostIngested),
        Number<RollupRow>("cost_effective", row => row.Write.Row.CostEffective),
    ];

    private static readonly BulkUpsert<RollupRow> DailyRollups = new(
        Rollups,
        key: RollupKeyOf<RollupRow>(row => row.Day, row => row.Write.Row.Key),
        values:
        [
            Text<RollupRow>("ticket", row => row.Write.Row.Ticket),
            Text<RollupRow>("ticket_source", row => row.Write.Row.TicketSource),
            .. Numbers,
            InstantOrNull<RollupRow>("ghosted_at", _ => null),
        ],
        silent: [new ValueColumn<RollupRow, Guid>("attempt_id", "uuid", row => row.Day.AttemptId)]);

    private static readonly Column<RenumberedDay>[] Renumbered =
    [
        .. DayKeyOf<RenumberedDay>(day => day.Day, day => day.Day.Change.After.Day),
        new ValueColumn<RenumberedDay, Guid>("attempt_id", "uuid", day => day.Day.AttemptId),
        new ValueColumn<RenumberedDay, int>("rows_before", "integer", day => day.RowsBefore),
        new ValueColumn<RenumberedDay, int>("row_count", "integer", day => day.Day.Change.StoredRows),
    ];

    /// <summary>
    /// Rows whose numbers alone change, and ghosts that live again, are found by their place in their day: one walk along the index for all of a day, where
    /// keys would have to be sent and looked up one by one. The array behind the days' columns holds, for each stored row, where its numbers are in the
    /// arrays behind it, or 0 where they stay; what has no nulls and elements of one size is read at an index without a search. Where rows stand
    /// there that should not, or the last one stands too early, a row gets the number at -1, which is null and an error; where none stands there
    /// at all the count tells.
    /// </summary>
    private static readonly string Renumber = $"""
        UPDATE daily_rollups AS t
        SET {string.Join(", ", Numbers.Select((column, i) => $"{column.Name} = (${Renumbered.Length + 2 + i}::bigint[])[r.number]"))}, ghosted_at = NULL, attempt_id = r.attempt_id
        FROM (
            SELECT s.ctid AS row_id, d.attempt_id,
                   CASE WHEN s.place > d.row_count OR (s.is_last AND s.place < d.row_count) THEN -1 ELSE (${Renumbered.Length + 1}::int[])[d.rows_before + s.place] END AS number
            FROM {Unnest(Renumbered, "d")}
            CROSS JOIN LATERAL (
                SELECT s.ctid, row_number() OVER by_key AS place, lead(false, 1, true) OVER by_key AS is_last
                FROM daily_rollups AS s
                WHERE s.workspace_id = d.workspace_id AND s.device_id = d.device_id AND s.bucket_day = d.bucket_day
                WINDOW by_key AS (ORDER BY s.role, s.provider, s.model, s.repo_id, s.git_branch, s.surface)) AS s) AS r
        WHERE t.ctid = r.row_id AND r.number <> 0
        """;

    private static readonly Column<GhostRow>[] Ghost =
    [
        .. RollupKeyOf<GhostRow>(row => row.Day, row => row.Key),
        new ValueColumn<GhostRow, Guid>("attempt_id", "uuid", row => row.Day.AttemptId),
        Instant<GhostRow>("ghosted_at", row => row.Day.At),
    ];

    private static readonly string MarkGhosts = $"""
        UPDATE daily_rollups AS t SET ghosted_at = g.ghosted_at, attempt_id = g.attempt_id
        FROM {Unnest(Ghost, "g")}
        WHERE t.workspace_id = g.workspace_id AND t.device_id = g.device_id AND t.bucket_day = g.bucket_day AND t.role = g.role
          AND t.provider = g.provider AND t.model = g.model AND t.repo_id = g.repo_id AND t.git_branch = g.git_branch AND t.surface = g.surface
        """;

    private static readonly BulkUpsert<DayWrite> DeviceDays = new(
        "device_days",
        key: DayKeyOf<DayWrite>(day => day, day => day.Change.After.Day),
        values:
        [
            new ValueColumn<DayWrite, byte[]>("digest", "bytea", day => day.Change.After.Digest.ToBytes()),
            new ValueColumn<DayWrite, short>("digest_version", "smallint", day => day.Change.After.DigestVersion),
            new ValueColumn<DayWrite, byte[]?>("digest_before", "bytea", day => day.Change.After.DigestBefore?.ToBytes()),
            new ValueColumn<DayWrite, int>("rollup_rows", "integer", day => day.Change.After.Totals.Rows),
            Number<DayWrite>("message_count", day => day.Change.After.Totals.MessageCount),
            Number<DayWrite>("input_tokens", day => day.Change.After.Totals.InputTokens),
            Number<DayWrite>("output_tokens", day => day.Change.After.Totals.OutputTokens),
            Number<DayWrite>("cache_creation_tokens", day => day.Change.After.Totals.CacheCreationTokens),
            Number<DayWrite>("cache_read_tokens", day => day.Change.After.Totals.CacheReadTokens),
            Number<DayWrite>("cost_ingested", day => day.Change.After.Totals.CostIngested),
            Number<DayWrite>("cost_effective", day => day.Change.After.Totals.CostEffective),
            new ValueColumn<DayWrite, int>("kept_rows", "integer", day => day.Change.After.KeptRows),
            new ValueColumn<DayWrite, int>("ghost_rows", "integer", day => day.Change.After.GhostRows),
            new ValueColumn<DayWrite, int>("clock_epoch", "integer", day => day.Change.After.Order.ClockEpoch),
            Instant<DayWrite>("sent_at", day => day.Change.After.Order.SentAt),
            Instant<DayWrite>("received_at", day => day.Change.After.ReceivedAt),
            new ValueColumn<DayWrite, Guid>("attempt_id", "uuid", day => day.Change.After.AttemptId),
            new ValueColumn<DayWrite, int>("flips", "integer", day => day.Change.After.Flips),
            new ValueColumn<DayWrite, int>("changes", "integer", day => day.Change.After.Changes),
            InstantOrNull<DayWrite>("flipped_at", day => day.Change.After.FlippedAt),
            InstantOrNull<DayWrite>("changed_after_close_at", day => day.Change.After.ChangedAfterCloseAt),
            InstantOrNull<DayWrite>("shrunk_at", day => day.Change.After.ShrunkAt),
            InstantOrNull<DayWrite>("gone_at", day => day.Change.After.GoneAt),
            InstantOrNull<DayWrite>("expired_at", day => day.Change.After.ExpiredAt),
            InstantOrNull<DayWrite>("restored_at", day => day.Change.After.RestoredAt),
        ],
        standsThere: day => day.Change.Before is not null);

    private static readonly Column<DayWrite>[] Version =
    [
        .. DayKeyOf<DayWrite>(day => day, day => day.Change.After.Day),
        Instant<DayWrite>("changed_at", day => day.At),
        new ValueColumn<DayWrite, Guid>("version_id", "uuid", day => day.VersionId!.Value),
        // One text for each day: an array of arrays is a rectangle in Postgres, and reasons differ in number.
        new ValueColumn<DayWrite, string>("reasons", "text", day => string.Join(' ', day.Change.Version!.Reasons.Select(reason => reason.WireName()))),
        new ValueColumn<DayWrite, Guid>("attempt_id", "uuid", day => day.AttemptId),
        new ValueColumn<DayWrite, Guid>("earlier_attempt_id", "uuid", day => day.Change.Version!.Before.AttemptId),
        Instant<DayWrite>("earlier_received_at", day => day.Change.Version!.Before.ReceivedAt),
        .. SumsOf("before", day => day.Change.Version!.Before.Totals),
        .. SumsOf("after", day => day.Change.After.Totals),
        new ValueColumn<DayWrite, string>("rows_before", "jsonb", day => PackedRows.Pack(day.Change.Version!.Rows)),
    ];

    private static readonly string AddVersions = $"""
        INSERT INTO day_versions ({Names(Version)})
        SELECT {string.Join(", ", Version.Select(column => column.Name == "reasons" ? "string_to_array(v.reasons, ' ')" : "v." + column.Name))}
        FROM {Unnest(Version, "v")}
        """;

    public static void AddTo(WriteBatch batch, IReadOnlyList<DayWrite> days)
    {
        var rollups = new List<RollupRow>();
        var ghosts = new List<GhostRow>();
        var versions = new List<DayWrite>();
        foreach (var day in days)
        {
            foreach (var write in day.Change.Written)
            {
                if (write.Place is null) rollups.Add((day, write));
            }

            foreach (var key in day.Change.Ghosted) ghosts.Add((day, key));
            if (day.Change.Version is not null) versions.Add(day);
        }

        // Before there are new rows, which would move the places.
        AddRenumbered(batch, days);
        DailyRollups.AddTo(batch, rollups);
        if (ghosts.Count > 0) batch.Add(Command(MarkGhosts, Ghost, ghosts), ghosts.Count);
        if (versions.Count > 0) batch.Add(Command(AddVersions, Version, versions));
        DeviceDays.AddTo(batch, days);
    }

    private static void AddRenumbered(WriteBatch batch, IReadOnlyList<DayWrite> days)
    {
        var renumbered = new List<RenumberedDay>();
        var rows = new List<RollupRow>();
        var numbers = new List<int>();
        foreach (var day in days)
        {
            var (rowsBefore, written) = (numbers.Count, rows.Count);
            foreach (var write in day.Change.Written)
            {
                if (write.Place is not { } place) continue;
                if (rows.Count == written) numbers.AddRange(Enumerable.Repeat(0, day.Change.StoredRows));
                rows.Add((day, write));
                numbers[rowsBefore + place] = rows.Count;
            }

            if (rows.Count > written) renumbered.Add(new RenumberedDay(day, rowsBefore));
        }

        if (rows.Count == 0) return;
        var command = Command(Renumber, Renumbered, renumbered);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. numbers] });
        foreach (var column in Numbers) command.Parameters.Add(column.Bind(rows));
        batch.Add(command, rows.Count);
    }

    private static Column<TRow>[] DayKeyOf<TRow>(Func<TRow, DayWrite> dayOf, Func<TRow, DateOnly> bucketOf) =>
    [
        Text<TRow>("workspace_id", row => dayOf(row).WorkspaceId),
        Text<TRow>("device_id", row => dayOf(row).DeviceId),
        new ValueColumn<TRow, DateOnly>("bucket_day", "date", bucketOf),
    ];

    private static Column<TRow>[] RollupKeyOf<TRow>(Func<TRow, DayWrite> dayOf, Func<TRow, RollupKey> keyOf) =>
    [
        .. DayKeyOf(dayOf, row => keyOf(row).BucketDay),
        Text<TRow>("role", row => keyOf(row).Role),
        Text<TRow>("provider", row => keyOf(row).Provider),
        Text<TRow>("model", row => keyOf(row).Model),
        Text<TRow>("repo_id", row => keyOf(row).RepoId),
        Text<TRow>("git_branch", row => keyOf(row).GitBranch),
        Text<TRow>("surface", row => keyOf(row).Surface),
    ];

    private static Column<DayWrite>[] SumsOf(string when, Func<DayWrite, DayTotals> totalsOf) =>
    [
        new ValueColumn<DayWrite, int>($"rollup_rows_{when}", "integer", day => totalsOf(day).Rows),
        Number<DayWrite>($"message_count_{when}", day => totalsOf(day).MessageCount),
        Number<DayWrite>($"input_tokens_{when}", day => totalsOf(day).InputTokens),
        Number<DayWrite>($"output_tokens_{when}", day => totalsOf(day).OutputTokens),
        Number<DayWrite>($"cache_creation_tokens_{when}", day => totalsOf(day).CacheCreationTokens),
        Number<DayWrite>($"cache_read_tokens_{when}", day => totalsOf(day).CacheReadTokens),
        Number<DayWrite>($"cost_ingested_{when}", day => totalsOf(day).CostIngested),
        Number<DayWrite>($"cost_effective_{when}", day => totalsOf(day).CostEffective),
    ];

    /// <summary>A day with rows whose numbers change, and how many rows the days before it have.</summary>
    private sealed record RenumberedDay(DayWrite Day, int RowsBefore);
}

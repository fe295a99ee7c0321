using Npgsql;

namespace Ingest.Faults.Tests.Load;

/// <summary>
/// What is stored of a load, held against its history by the sequential model: of each day and session the last envelope by <c>synced_at</c> stands, whole; an
/// envelope is stored in all its parts or in none; what was acknowledged is there, or something newer is.
/// </summary>
internal sealed class StoredParts
{
    private const string LiveRollups = """
        SELECT device_id, bucket_day, git_branch, message_count, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, cost_effective
        FROM daily_rollups WHERE ghosted_at IS NULL AND cost_ingested = cost_effective AND starts_with(device_id, $1) ORDER BY device_id, bucket_day, git_branch
        """;

    private const string AllSessions = """
        SELECT device_id, session_id, message_count, total_input_tokens, total_output_tokens, total_cost
        FROM session_summaries WHERE starts_with(device_id, $1) ORDER BY device_id, session_id
        """;

    /// <summary>Days of which the ledger says otherwise than the rows do, and devices whose counts are wrong.</summary>
    private const string Disagreements = """
        WITH live AS (
            SELECT device_id, bucket_day, count(*) AS rows, sum(message_count) AS messages, sum(input_tokens) AS input, sum(output_tokens) AS output,
                   sum(cache_creation_tokens) AS creation, sum(cache_read_tokens) AS read, sum(cost_ingested) AS ingested, sum(cost_effective) AS effective
            FROM daily_rollups WHERE ghosted_at IS NULL AND starts_with(device_id, $1) GROUP BY device_id, bucket_day),
        days AS (SELECT * FROM device_days WHERE starts_with(device_id, $1))
        SELECT device_id || ' ' || bucket_day || ': the ledger disagrees with the rows' FROM live FULL JOIN days USING (device_id, bucket_day)
        WHERE (rows, messages, input, output, creation, read, ingested, effective) IS DISTINCT FROM
              (rollup_rows, message_count, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, cost_ingested, cost_effective)
        UNION ALL
        SELECT device_id || ': the device disagrees with its rows' FROM devices AS d WHERE starts_with(device_id, $1)
          AND (rollup_rows <> (SELECT coalesce(sum(rows), 0) FROM live WHERE live.device_id = d.device_id)
            OR session_rows <> (SELECT count(*) FROM session_summaries AS s WHERE s.device_id = d.device_id) OR quarantined_rows <> 0)
        """;

    private readonly Dictionary<(string Device, int Part), List<string>> _rows = [];
    private readonly Dictionary<(string Device, int Part), int> _numbers = [];
    private readonly List<string> _findings = [];

    private StoredParts()
    {
    }

    /// <summary>Compares at one moment; the load may go on meanwhile.</summary>
    /// <returns>How many parts were looked at.</returns>
    public static async Task<int> ShouldAgreeAsync(NpgsqlDataSource database, History history)
    {
        // What is acknowledged while the database is read need not be in what is read.
        var promised = history.Promised();
        var stored = new StoredParts();
        await stored.ReadAsync(database, history.Plan);
        stored.Judge(history, promised);
        history.Wrong().ShouldBeEmpty($"answers were {history}");
        stored._findings.ShouldBeEmpty($"answers were {history}");
        return stored._numbers.Count;
    }

    /// <summary>What was stored was also answered 200: nobody was left without an answer although the work was done.</summary>
    public static async Task ShouldBeAcknowledgedAsync(NpgsqlDataSource database, History history)
    {
        var stored = new StoredParts();
        await stored.ReadAsync(database, history.Plan);
        stored._numbers.Where(part => !history.IsAcknowledged(part.Key.Device, part.Value)).Select(part => $"{part.Key}: {part.Value}").ShouldBeEmpty();
    }

    private async Task ReadAsync(NpgsqlDataSource database, LoadPlan plan)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await RowsAsync(connection, LiveRollups, plan, row => Add(
            row.GetString(0), plan.PartOf(row.GetFieldValue<DateOnly>(1)), row.GetInt64(3),
            LoadPlan.Text(row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8))));
        await RowsAsync(connection, AllSessions, plan, row => Add(
            row.GetString(0), LoadPlan.PartOf(row.GetString(1)), row.GetInt64(2),
            LoadPlan.Text(row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), 0, 0, row.GetInt64(5))));
        await RowsAsync(connection, Disagreements, plan, row => _findings.Add(row.GetString(0)));
    }

    private void Judge(History history, IReadOnlyDictionary<string, int[]> promised)
    {
        foreach (var (device, least) in promised)
        {
            for (var part = 0; part < LoadPlan.Parts; part++)
            {
                var number = _numbers.GetValueOrDefault((device, part));
                if (number < least[part]) _findings.Add($"{device} part {part}: lost: {least[part]} was acknowledged, {number} is stored");
                if (number > 0) JudgePart(history, device, part, number);
            }
        }
    }

    private void JudgePart(History history, string device, int part, int number)
    {
        var plan = history.Plan;
        var rows = _rows[(device, part)];
        if (!plan.Names(device, number, part) || !plan.Stored(number, part).SequenceEqual(rows))
        {
            var said = plan.Stored(number, part);
            _findings.Add($"{device} part {part}: mixed: {string.Join(" and ", rows)} are stored where {number} says {string.Join(" and ", said)}");
        }

        if (!history.MayBeStored(device, number)) _findings.Add($"{device} part {part}: {number} is stored, but was refused before it was tried, or never sent");
        for (var other = 0; other < LoadPlan.Parts; other++)
        {
            if (plan.Names(device, number, other) && _numbers.GetValueOrDefault((device, other)) < number)
                _findings.Add($"{device}: in part: {number} is stored in part {part}, and older {_numbers.GetValueOrDefault((device, other))} in part {other}");
        }
    }

    private void Add(string device, int part, long number, string text)
    {
        if (!_rows.TryGetValue((device, part), out var rows)) _rows[(device, part)] = rows = [];
        rows.Add(text);
        _numbers[(device, part)] = (int)number;
    }

    private static async Task RowsAsync(NpgsqlConnection connection, string sql, LoadPlan plan, Action<NpgsqlDataReader> take)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = plan.Prefix + ":" } } };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) take(reader);
    }
}

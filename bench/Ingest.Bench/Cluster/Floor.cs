using System.Diagnostics;
using System.Globalization;
using Ingest.Bench.Load;
using Npgsql;

namespace Ingest.Bench.Cluster;

/// <summary>
/// What Postgres itself does with the same rows: <c>pgbench</c> makes them up inside the server, one transaction for each envelope. It works on the very
/// tables the service works on, so both meet the same indexes, the same free space and the same cache.
/// </summary>
internal sealed class Floor(BenchDatabase database, Fleet fleet, bool isOneStatement)
{
    private const int Clients = 16;

    private static readonly FloorColumn[] RollupValues =
    [
        new("ticket", "t.ticket"),
        new("ticket_source", "t.ticket_source"),
        new("message_count", "100 + (d.value + t.n) % 900"),
        new("input_tokens", "100000 + d.value * 7 + t.n"),
        new("output_tokens", "10000 + d.value * 3 + t.n"),
        new("cache_creation_tokens", "100000 + d.value * 11 + t.n"),
        new("cache_read_tokens", "1000000 + d.value * 13 + t.n"),
        new("cost_ingested", "1000000 + d.value * 17 + t.n"),
        new("cost_effective", "1000000 + d.value * 19 + t.n"),
        new("ghosted_at", "NULL"),
        new("attempt_id", "d.attempt_id"),
    ];

    private static readonly FloorColumn[] SessionKeys =
    [
        new("workspace_id", "d.workspace_id"),
        new("device_id", "d.device_id"),
        new("session_id", BenchDatabase.SessionOf(":device", "n")),
    ];

    private static readonly FloorColumn[] SessionValues =
    [
        new("provider", "'claude_code'"),
        new("started_at", "d.today + interval '902118 milliseconds'"),
        new("ended_at", "d.today + (42097000 + d.value) * interval '1 millisecond'"),
        new("duration_ms", "1000000 + d.value * 7 + n"),
        new("repo_id", "'github.com/acme/storefront'"),
        new("git_branch", "'feature/PAY-1284-retry-webhooks'"),
        new("ticket", "'PAY-1284'"),
        new("ticket_source", "'branch'"),
        new("surface", "'vscode'"),
        new("message_count", "100 + (d.value + n) % 900"),
        new("total_input_tokens", "100000 + d.value * 7 + n"),
        new("total_output_tokens", "10000 + d.value * 3 + n"),
        new("total_cost", "1000000 + d.value * 17 + n"),
        new("primary_model", "'claude-opus-4-6'"),
        new("title", "'storefront-checkout'"),
        new("vital_context_drag_state", "'green'"),
        new("vital_context_drag_metric", "(d.value % 100) / 100.0::double precision"),
        new("vital_cache_efficiency_state", "'yellow'"),
        new("vital_cache_efficiency_metric", "(d.value % 100) / 100.0::double precision"),
        new("vital_thrashing_state", "NULL"),
        new("vital_thrashing_metric", "NULL"),
        new("vital_cost_acceleration_state", "NULL"),
        new("vital_cost_acceleration_metric", "NULL"),
        new("vital_overall_state", "'green'"),
        new("clock_epoch", "0"),
        new("sent_at", "now()"),
        new("attempt_id", "d.attempt_id"),
    ];

    /// <returns>Transactions a second, and in all.</returns>
    public async Task<(double PerSecond, double Transactions)> RunAsync(TimeSpan duration, CancellationToken cancellation)
    {
        var script = Path.Combine(database.Cluster.Folder, "floor.sql");
        await File.WriteAllTextAsync(script, Script(), cancellation);
        var seconds = Math.Max(1, (int)Math.Round(duration.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(
            Path.Combine(database.Cluster.Programs, "pgbench"),
            ["-n", "-M", "prepared", "-c", $"{Clients}", "-j", "2", "-T", seconds, "-f", script, connection.Database!])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = $"{connection.Port}";
        start.Environment["PGUSER"] = connection.Username;
        start.Environment["PGPASSWORD"] = connection.Password;
        start.Environment["LC_ALL"] = "C";
        using var pgbench = Process.Start(start) ?? throw new BenchException("pgbench could not be started.");
        try
        {
            var output = pgbench.StandardOutput.ReadToEndAsync(cancellation);
            var error = pgbench.StandardError.ReadToEndAsync(cancellation);
            await pgbench.WaitForExitAsync(cancellation);
            var said = await output;
            if (pgbench.ExitCode != 0) throw new BenchException($"pgbench ended with exit code {pgbench.ExitCode}: {said}{await error}");
            return (NumberAfter(said, "tps = "), NumberAfter(said, "number of transactions actually processed: "));
        }
        catch (OperationCanceledException)
        {
            pgbench.Kill();
            throw;
        }
    }

    private static double NumberAfter(string said, string name)
    {
        var at = said.IndexOf(name, StringComparison.Ordinal);
        return at < 0
            ? throw new BenchException($"pgbench does not say \"{name}\": {said}")
            : double.Parse(said[(at + name.Length)..].Split(' ', '\n')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The device is worked out once, and every value follows from one number or is a constant: what is left is the UPSERT.</summary>
    private string Upsert(string table, FloorColumn[] keys, FloorColumn[] values, string rows) => $"""
        INSERT INTO {table} ({string.Join(", ", keys.Concat(values).Select(column => column.Name))})
        SELECT {string.Join(", ", keys.Concat(values).Select(column => column.Value))}
        FROM (
            SELECT {BenchDatabase.WorkspaceOf(":device::int")} AS workspace_id, {BenchDatabase.DeviceOf(":device")} AS device_id, :value::int AS value,
                   uuid '0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11' AS attempt_id, timestamptz '{fleet.Today:yyyy-MM-dd}' AS today
            OFFSET 0) AS d,
            {rows}
        ON CONFLICT ({string.Join(", ", keys.Select(column => column.Name))}) DO UPDATE SET
            {string.Join(", ", values.Select(column => $"{column.Name} = excluded.{column.Name}"))}
        """;

    private string Script()
    {
        var rollups = Upsert("daily_rollups", RollupKeys(), RollupValues, $"{RollupTexts.AsSql} AS t");
        var sessions = Upsert("session_summaries", SessionKeys, SessionValues, "generate_series(0, 4) AS n");
        return $"""
            \set device random(0, {fleet.Devices.Count - 1})
            \set value random(0, 899)
            {(isOneStatement ? $"WITH sessions AS ({sessions}) {rollups};" : $"BEGIN;\n{rollups};\n{sessions};\nEND;")}

            """;
    }

    private FloorColumn[] RollupKeys() =>
    [
        new("workspace_id", "d.workspace_id"),
        new("device_id", "d.device_id"),
        new("bucket_day", $"date '{fleet.Today:yyyy-MM-dd}'"),
        new("role", "t.role"),
        new("provider", "t.provider"),
        new("model", "t.model"),
        new("repo_id", "t.repo_id"),
        new("git_branch", "t.git_branch"),
        new("surface", "t.surface"),
    ];
}

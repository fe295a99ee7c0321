using System.Diagnostics;
using System.Globalization;
using Ingest.Bench.Load;
using Npgsql;

namespace Ingest.Bench.Cluster;

/// <summary>
/// What Postgres itself does with the same rows: <c>pgbench</c> makes them up inside the server, one transaction for each envelope. It works on the very
/// tables the service works on, so both meet the same indexes, the same free space and the same cache.
/// </summary>
internal sealed class Floor(BenchDatabase database, Fleet fleet)
{
    private const int Clients = 16;

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

    /// <summary>The device is worked out once, the values follow from one number: what is left is the two UPSERTs.</summary>
    private string Script() => $"""
        \set device random(0, {fleet.Devices.Count - 1})
        \set value random(0, 899)
        BEGIN;
        INSERT INTO daily_rollups (
            workspace_id, device_id, bucket_day, role, provider, model, repo_id, git_branch, surface, ticket, ticket_source,
            message_count, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, cost_ingested, cost_effective, ghosted_at, attempt_id)
        SELECT d.workspace_id, d.device_id, date '{fleet.Today:yyyy-MM-dd}', t.role, t.provider, t.model, t.repo_id, t.git_branch, t.surface,
               t.ticket, t.ticket_source, 100 + (d.value + t.n) % 900, 100000 + d.value * 7 + t.n, 10000 + d.value * 3 + t.n, 100000 + d.value * 11 + t.n,
               1000000 + d.value * 13 + t.n, 1000000 + d.value * 17 + t.n, 1000000 + d.value * 19 + t.n, NULL, d.attempt_id
        FROM (
            SELECT {BenchDatabase.WorkspaceOf(":device::int")} AS workspace_id, {BenchDatabase.DeviceOf(":device")} AS device_id, :value::int AS value,
                   uuid '0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11' AS attempt_id
            OFFSET 0) AS d,
            {RollupTexts.AsSql} AS t
        ON CONFLICT (workspace_id, device_id, bucket_day, role, provider, model, repo_id, git_branch, surface) DO UPDATE SET
            ticket = excluded.ticket, ticket_source = excluded.ticket_source, message_count = excluded.message_count,
            input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, cache_creation_tokens = excluded.cache_creation_tokens,
            cache_read_tokens = excluded.cache_read_tokens, cost_ingested = excluded.cost_ingested, cost_effective = excluded.cost_effective,
            ghosted_at = excluded.ghosted_at, attempt_id = excluded.attempt_id;
        INSERT INTO session_summaries (
            workspace_id, device_id, session_id, provider, started_at, ended_at, duration_ms, repo_id, git_branch, ticket, ticket_source, surface,
            message_count, total_input_tokens, total_output_tokens, total_cost, primary_model, title, vital_context_drag_state, vital_context_drag_metric,
            vital_cache_efficiency_state, vital_cache_efficiency_metric, vital_thrashing_state, vital_thrashing_metric, vital_cost_acceleration_state,
            vital_cost_acceleration_metric, vital_overall_state, clock_epoch, sent_at, attempt_id)
        SELECT d.workspace_id, d.device_id, {BenchDatabase.SessionOf(":device", "n")}, 'claude_code', d.started_at, d.ended_at,
               1000000 + d.value * 7 + n, 'github.com/acme/storefront', 'feature/PAY-1284-retry-webhooks', 'PAY-1284', 'branch', 'vscode',
               100 + (d.value + n) % 900, 100000 + d.value * 7 + n, 10000 + d.value * 3 + n, 1000000 + d.value * 17 + n, 'claude-opus-4-6', 'storefront-checkout',
               'green', d.metric, 'yellow', d.metric, NULL, NULL, NULL, NULL, 'green', 0, now(), d.attempt_id
        FROM (
            SELECT {BenchDatabase.WorkspaceOf(":device::int")} AS workspace_id, {BenchDatabase.DeviceOf(":device")} AS device_id, :value::int AS value,
                   timestamptz '{fleet.Today:yyyy-MM-dd}' + interval '902118 milliseconds' AS started_at,
                   timestamptz '{fleet.Today:yyyy-MM-dd}' + (42097000 + :value::int) * interval '1 millisecond' AS ended_at,
                   (:value::int % 100) / 100.0::double precision AS metric, uuid '0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11' AS attempt_id
            OFFSET 0) AS d,
            generate_series(0, 4) AS n
        ON CONFLICT (workspace_id, device_id, session_id) DO UPDATE SET
            provider = excluded.provider, started_at = excluded.started_at, ended_at = excluded.ended_at, duration_ms = excluded.duration_ms,
            repo_id = excluded.repo_id, git_branch = excluded.git_branch, ticket = excluded.ticket, ticket_source = excluded.ticket_source,
            surface = excluded.surface, message_count = excluded.message_count, total_input_tokens = excluded.total_input_tokens,
            total_output_tokens = excluded.total_output_tokens, total_cost = excluded.total_cost, primary_model = excluded.primary_model,
            title = excluded.title, vital_context_drag_state = excluded.vital_context_drag_state,
            vital_context_drag_metric = excluded.vital_context_drag_metric, vital_cache_efficiency_state = excluded.vital_cache_efficiency_state,
            vital_cache_efficiency_metric = excluded.vital_cache_efficiency_metric, vital_thrashing_state = excluded.vital_thrashing_state,
            vital_thrashing_metric = excluded.vital_thrashing_metric, vital_cost_acceleration_state = excluded.vital_cost_acceleration_state,
            vital_cost_acceleration_metric = excluded.vital_cost_acceleration_metric, vital_overall_state = excluded.vital_overall_state,
            clock_epoch = excluded.clock_epoch, sent_at = excluded.sent_at, attempt_id = excluded.attempt_id;
        END;
        """;
}

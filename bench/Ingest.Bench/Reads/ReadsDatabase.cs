using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ingest.Bench.Cluster;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Migrations;
using Npgsql;

namespace Ingest.Bench.Reads;

/// <summary>
/// One workspace with all devices in it, which is the hardest to read: people who have two providers, a handful of models, some of the workspace's
/// repositories, and branches of their own that change by the week.
/// </summary>
internal static class ReadsDatabase
{
    public const string WorkspaceId = "ws_reads";
    public const string Key = "budi_reads_0123456789abcdefghijklmnopqrstuv";
    public const int RowsPerDay = 20;

    private const string Attempt = "0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11";
    private const int DevicesOfAPerson = 10;

    /// <param name="cluster">Where.</param>
    /// <param name="name">Of the database.</param>
    /// <param name="devices">How many.</param>
    /// <param name="days">Of history, today with it.</param>
    /// <param name="today">The last of them.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task CreateAsync(BenchCluster cluster, string name, int devices, int days, DateOnly today, CancellationToken cancellation)
    {
        await cluster.CreateDatabaseAsync(name, cancellation);
        await using (var owner = NpgsqlDataSource.Create(cluster.ConnectionTo(name))) await Migrator.MigrateAsync(owner, cancellation: cancellation);
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionTo(name, asAdministrator: true));
        await RunAsync(database, $"INSERT INTO workspaces (workspace_id, name, created_at) VALUES ('{WorkspaceId}', '{WorkspaceId}', now())", cancellation);
        await RunAsync(
            database,
            $"""
            INSERT INTO users (workspace_id, user_id, name, role, created_at)
            SELECT '{WorkspaceId}', {PersonOf("n")}, 'person ' || n, CASE n WHEN 0 THEN 'owner' ELSE 'member' END, now()
            FROM generate_series(0, {Number((devices - 1) / DevicesOfAPerson)}) AS n
            """,
            cancellation);
        await RunAsync(
            database,
            $"""
            INSERT INTO api_keys (workspace_id, key_id, user_id, key_hash, prefix, created_at, scopes)
            VALUES ('{WorkspaceId}', gen_random_uuid(), {PersonOf("0")}, decode('{Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(Key)))}', 'hex'), 'budi_', now(),
                    ARRAY['ingest', 'read:own', 'read', 'manage'])
            """,
            cancellation);
        await RunAsync(
            database,
            $"""
            INSERT INTO devices (
                workspace_id, device_id, owner_user_id, label, first_contact_at, confirmed_day, continues_after, look_back_at, full_look_back_on, rollup_rows)
            SELECT '{WorkspaceId}', {DeviceOf("n")}, {PersonOf($"(n / {Number(DevicesOfAPerson)})")}, 'laptop ' || n, now() - interval '300 days', {Day(today.AddDays(-3))}, {Day(today.AddDays(-3))},
                   now() + interval '30 days', current_date + 30, {Number(days * RowsPerDay)}
            FROM generate_series(0, {Number(devices - 1)}) AS n
            """,
            cancellation);
        await RunAsync(
            database,
            $"""
            INSERT INTO device_contacts (workspace_id, device_id, key_id, last_attempt_id, last_attempt_at, last_http_status, last_stored_at, healthy_since, newest_synced_at, clock_skew_ms)
            SELECT d.workspace_id, d.device_id, k.key_id, uuid '{Attempt}', now() - interval '3 minutes', 200, now() - interval '3 minutes', now() - interval '9 days', now(), 120
            FROM devices AS d JOIN api_keys AS k USING (workspace_id)
            """,
            cancellation);

        // As they would have come: all devices of one day, then all of the next.
        for (var day = today.AddDays(1 - days); day <= today; day = day.AddDays(1)) await FillAsync(database, devices, day, cancellation);
        await RunAsync(database, "VACUUM ANALYZE", cancellation);
    }

    private static async Task FillAsync(NpgsqlDataSource database, int devices, DateOnly day, CancellationToken cancellation)
    {
        var week = day.DayNumber / 7;
        await RunAsync(
            database,
            $"""
            INSERT INTO daily_rollups (
                workspace_id, device_id, bucket_day, role, provider, model, repo_id, git_branch, surface, ticket,
                message_count, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, cost_ingested, cost_effective, attempt_id)
            SELECT '{WorkspaceId}', {DeviceOf("n")}, {Day(day)}, CASE r % 2 WHEN 0 THEN 'assistant' ELSE 'user' END,
                   (ARRAY['claude_code', 'codex', 'cursor', 'copilot_cli'])[1 + (n + r / 10) % 4], 'model-' || (n + r / 2) % 12,
                   'host/team/repo-' || (n * 7 + r / 4) % 300, CASE WHEN r < 8 THEN 'main' ELSE 'feature/' || n || '-{Number(week)}-' || r / 4 END,
                   (ARRAY['vscode', 'terminal', 'jetbrains'])[1 + (n + r) % 3], CASE WHEN r >= 8 THEN 'ABC-' || (n * 3 + r / 4 + {Number(week)}) % 5000 END,
                   1 + (n + r) % 60, 1000 + (n * 31 + r * 977) % 400000, 500 + (n * 17 + r * 91) % 60000, (n * r) % 90000, (n * 131 + r * 7919) % 3000000,
                   (n * 37 + r * 1009) % 900000, (n * 41 + r * 1013) % 900000, uuid '{Attempt}'
            FROM generate_series(0, {Number(devices - 1)}) AS n, generate_series(0, {Number(RowsPerDay - 1)}) AS r
            """,
            cancellation);
        await RunAsync(
            database,
            $"""
            INSERT INTO device_days (
                workspace_id, device_id, bucket_day, digest, digest_version, rollup_rows, message_count, input_tokens, output_tokens, cache_creation_tokens,
                cache_read_tokens, cost_ingested, cost_effective, clock_epoch, sent_at, received_at, attempt_id)
            SELECT r.workspace_id, r.device_id, r.bucket_day, sha256((r.device_id || r.bucket_day)::bytea), {DayDigest.Version}, count(*), sum(message_count), sum(input_tokens),
                   sum(output_tokens), sum(cache_creation_tokens), sum(cache_read_tokens), sum(cost_ingested), sum(cost_effective), 0,
                   r.bucket_day + interval '23 hours', r.bucket_day + interval '23 hours', uuid '{Attempt}'
            FROM devices AS d JOIN daily_rollups AS r ON r.workspace_id = d.workspace_id AND r.device_id = d.device_id AND r.bucket_day = {Day(day)}
            GROUP BY r.workspace_id, r.device_id, r.bucket_day
            """,
            cancellation);
        await RunAsync(
            database,
            $"""
            INSERT INTO session_summaries (
                workspace_id, device_id, session_id, provider, started_at, ended_at, repo_id, git_branch, surface, message_count, total_input_tokens, total_output_tokens, total_cost,
                primary_model, clock_epoch, sent_at, attempt_id)
            SELECT '{WorkspaceId}', {DeviceOf("n")}, md5(n || '-{Number(day.DayNumber)}-' || s)::uuid::text, (ARRAY['claude_code', 'codex', 'cursor', 'copilot_cli'])[1 + (n + s) % 4],
                   {Day(day)} + interval '8 hours' + s * interval '2 hours', {Day(day)} + interval '9 hours' + s * interval '2 hours' + n * interval '1 second', 'host/team/repo-' || (n * 7 + s) % 300, 'main', 'vscode',
                   20, 1000, 500, 12345, 'model-' || (n + s) % 12, 0, {Day(day)} + interval '23 hours', uuid '{Attempt}'
            FROM generate_series(0, {Number(devices - 1)}) AS n, generate_series(0, 3) AS s
            """,
            cancellation);
    }

    private static string PersonOf(string number) => $"md5('person ' || {number})::uuid";

    private static string DeviceOf(string number) => $"md5('device ' || {number})::uuid::text";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => $"date '{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'";

    private static async Task RunAsync(NpgsqlDataSource database, string sql, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

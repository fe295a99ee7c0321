using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ingest.Bench.Load;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Migrations;
using Npgsql;

namespace Ingest.Bench.Cluster;

/// <summary>A database in the product's schema with the fleet in it: registered, at its head, and with nothing asked of it.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private const string HistoryAttempt = "0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11";

    private BenchDatabase(BenchCluster cluster, string name)
    {
        (Cluster, Name) = (cluster, name);
        Administrator = NpgsqlDataSource.Create(cluster.ConnectionTo(name, asAdministrator: true));
    }

    public BenchCluster Cluster { get; }

    public string Name { get; }

    public NpgsqlDataSource Administrator { get; }

    /// <summary>What the service is given. Services on databases of all sizes run side by side and share the connections of one cluster.</summary>
    public string ConnectionString => Cluster.ConnectionTo(Name) + ";Maximum Pool Size=20";

    /// <summary>The device of a number, as SQL; so much of it as the tables name.</summary>
    public static string WorkspaceOf(string number) => $"'{Fleet.WorkspacePrefix}' || lpad(({number} / {Fleet.DevicesPerWorkspace})::text, 4, '0')";

    public static string DeviceOf(string number) => $"{Scattered(number)} || '{Fleet.DeviceIdEnd}'";

    public static string SessionOf(string number, string session) => $"{Scattered($"({number} * 5 + {session})")} || '{Fleet.SessionIdEnd}'";

    /// <param name="cluster">Where.</param>
    /// <param name="name">Of the database.</param>
    /// <param name="fleet">Whose devices it knows.</param>
    /// <param name="rows">Rollups of their history to hold, at least; each device has whole days.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<BenchDatabase> CreateAsync(BenchCluster cluster, string name, Fleet fleet, long rows, CancellationToken cancellation)
    {
        await cluster.CreateDatabaseAsync(name, cancellation);
        var database = new BenchDatabase(cluster, name);
        try
        {
            await using (var owner = NpgsqlDataSource.Create(database.ConnectionString)) await Migrator.MigrateAsync(owner, cancellation: cancellation);
            await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_walinspect", cancellation);
            var perDay = fleet.Devices.Count * RollupTexts.OfDay.Count;
            var days = (int)((rows + perDay - 1) / perDay);
            await database.RegisterAsync(fleet, days, cancellation);
            await database.FillAsync(fleet, days, cancellation);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = Administrator.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Devices that a scenario brought to the server, with all they have.</summary>
    public async Task RemoveNewDevicesAsync(CancellationToken cancellation)
    {
        foreach (var table in new[] { "daily_rollups", "session_summaries", "device_days", "devices" })
        {
            await ExecuteAsync($"DELETE FROM {table} WHERE device_id LIKE '%{Fleet.NewDeviceIdEnd}'", cancellation);
            await ExecuteAsync($"VACUUM {table}", cancellation);
        }
    }

    public async ValueTask DisposeAsync() => await Administrator.DisposeAsync();

    private static string Scattered(string number) => $"lpad(to_hex(({number}::bigint * {FleetDevice.Scatter}) % 4294967296), 8, '0')";

    private async Task RegisterAsync(Fleet fleet, int days, CancellationToken cancellation)
    {
        var workspaces = Enumerable.Range(0, fleet.Workspaces).ToArray();
        await using var command = Administrator.CreateCommand("""
            INSERT INTO workspaces (workspace_id, name, created_at) SELECT id, id, now() FROM unnest($1::text[]) AS w (id)
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. workspaces.Select(Fleet.WorkspaceIdOf)] });
        await command.ExecuteNonQueryAsync(cancellation);

        await using var keys = Administrator.CreateCommand("""
            WITH u AS (
                INSERT INTO users (workspace_id, user_id, name, role, created_at)
                SELECT id, gen_random_uuid(), 'fleet', 'manager', now() FROM unnest($1::text[]) AS w (id)
                RETURNING workspace_id, user_id)
            INSERT INTO api_keys (workspace_id, key_id, user_id, key_hash, prefix, created_at, scopes)
            SELECT u.workspace_id, gen_random_uuid(), u.user_id, k.hash, 'budi_', now(), ARRAY['ingest', 'read:own', 'read', 'manage']
            FROM u JOIN unnest($1::text[], $2::bytea[]) AS k (id, hash) ON k.id = u.workspace_id
            """);
        keys.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. workspaces.Select(Fleet.WorkspaceIdOf)] });
        keys.Parameters.Add(new NpgsqlParameter<byte[][]>
        {
            TypedValue = [.. workspaces.Select(number => SHA256.HashData(Encoding.ASCII.GetBytes(Fleet.KeyOf(number))))],
        });
        await keys.ExecuteNonQueryAsync(cancellation);

        // As a fleet that has synced for long and whose next look-backs are far: what is measured is the path, not the first day of a server.
        await ExecuteAsync($"""
            INSERT INTO devices (
                workspace_id, device_id, owner_user_id, label, first_contact_at, confirmed_day, continues_after, look_back_at, full_look_back_on, rollup_rows)
            SELECT u.workspace_id, d.device_id, u.user_id, 'runner-7', now() - interval '200 days', d.confirmed, d.confirmed,
                   now() + interval '30 days', current_date + 30, {days * RollupTexts.OfDay.Count}
            FROM (
                SELECT {WorkspaceOf("n")} AS workspace_id, {DeviceOf("n")} AS device_id, {Day(fleet.Today.AddDays(-3))} AS confirmed
                FROM generate_series(0, {fleet.Devices.Count - 1}) AS n) AS d
            JOIN users AS u USING (workspace_id)
            """, cancellation);
    }

    /// <summary>Days of history of the whole fleet, as they would have come: all devices of one day, then all of the next.</summary>
    private async Task FillAsync(Fleet fleet, int days, CancellationToken cancellation)
    {
        for (var day = fleet.Today.AddDays(-days); day < fleet.Today; day = day.AddDays(1))
        {
            await ExecuteAsync($"""
                INSERT INTO daily_rollups (
                    workspace_id, device_id, bucket_day, role, provider, model, repo_id, git_branch, surface, ticket, ticket_source,
                    message_count, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, cost_ingested, cost_effective, attempt_id)
                SELECT d.workspace_id, d.device_id, {Day(day)}, t.role, t.provider, t.model, t.repo_id, t.git_branch, t.surface, t.ticket, t.ticket_source,
                       100 + t.n, 100000 + t.n, 10000 + t.n, 100000 + t.n, 1000000 + t.n, 1000000 + t.n, 1000000 + t.n, uuid '{HistoryAttempt}'
                FROM devices AS d, {RollupTexts.AsSql} AS t
                """, cancellation);
        }

        // The ledger agrees with the rows but for the digests: no scenario sends a day of history that stands here and expects it to be known.
        await ExecuteAsync($"""
            INSERT INTO device_days (
                workspace_id, device_id, bucket_day, digest, digest_version, rollup_rows, message_count, input_tokens, output_tokens, cache_creation_tokens,
                cache_read_tokens, cost_ingested, cost_effective, clock_epoch, sent_at, received_at, attempt_id)
            SELECT workspace_id, device_id, bucket_day, sha256(device_id::bytea), {DayDigest.Version}, count(*), sum(message_count), sum(input_tokens),
                   sum(output_tokens), sum(cache_creation_tokens), sum(cache_read_tokens), sum(cost_ingested), sum(cost_effective), 0,
                   bucket_day + interval '23 hours', bucket_day + interval '23 hours', uuid '{HistoryAttempt}'
            FROM daily_rollups GROUP BY workspace_id, device_id, bucket_day
            """, cancellation);
    }

    private static string Day(DateOnly day) => $"date '{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'";
}

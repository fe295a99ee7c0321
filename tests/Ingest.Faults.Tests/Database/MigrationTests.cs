using Ingest.Faults.Tests.Load;
using Ingest.Persistence.Migrations;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Faults.Tests.Database;

/// <summary>The schema changes while devices post and services run.</summary>
public sealed class MigrationTests
{
    private const int OldRows = 1_000;

    /// <summary>What the schema before this one holds: rows of a device that is no longer heard.</summary>
    private static readonly string Fill = $"""
        INSERT INTO workspaces (workspace_id, name, created_at) VALUES ('ws_old', 'old', now());
        INSERT INTO devices (workspace_id, device_id, owner_user_id, first_contact_at, rollup_rows)
        VALUES ('ws_old', 'dev_old', gen_random_uuid(), now(), {OldRows});
        INSERT INTO daily_rollups (
            workspace_id, device_id, bucket_day, role, provider, model, repo_id, git_branch, surface,
            message_count, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, cost_ingested, cost_effective)
        SELECT 'ws_old', 'dev_old', date '2026-01-01' + n / 10, 'assistant', 'claude_code', 'm', 'r', 'b-' || n, 'terminal', n, n, n, n, n, n, n
        FROM generate_series(1, {OldRows}) AS n
        """;

    [Fact]
    [Fault(FaultArea.Database, "A migration, held up by a lock, with traffic on a running instance; two migrators at once", "P1 P7")]
    public async Task A_service_whose_schema_is_behind_refuses_and_goes_on_once_two_migrators_at_once_have_run()
    {
        var times = FaultRun.Times(1, 5);
        var (acknowledged, refused) = (0L, 0L);
        for (var time = 0; time < times; time++)
        {
            var history = await MigrateUnderLoadAsync();
            (acknowledged, refused) = (acknowledged + history.Acknowledged, refused + history.Unanswered);
        }

        FaultRun.Report(
            $"{times} migrations",
            $"{refused} answered 503 schema_behind meanwhile, then {acknowledged} acknowledged, 0 lost; applied once, the rows of before are all there");
    }

    [Fact]
    [Fault(FaultArea.Database, "ingest migrate, two at once and time and again, on a running service", "P1 P7")]
    public async Task Migrators_that_have_nothing_to_do_disturb_nobody()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await ServiceProcess.StartAsync(database.ConnectionString, Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        await load.AcknowledgedAsync(50);
        var times = FaultRun.Times(1, 10);
        for (var time = 0; time < times; time++)
        {
            foreach (var (exitCode, output) in await Task.WhenAll(service.VerbAsync("migrate"), service.VerbAsync("migrate"))) exitCode.ShouldBe(0, output);
        }

        await load.AcknowledgedAsync(50);
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        load.History.Unanswered.ShouldBe(0, load.History.ToString());
        FaultRun.Report($"{times * 2} migrators", $"{load.History.Acknowledged} acknowledged, none refused, 0 lost");
    }

    private static async Task<History> MigrateUnderLoadAsync()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        var before = new MigrationSet(MigrationSet.Embedded.All.SkipLast(1).Select(migration => KeyValuePair.Create(migration.Name + ".sql", migration.Sql)));
        await Migrator.MigrateAsync(database.DataSource, before, null, CancellationToken.None);
        await ExecuteAsync(database.DataSource, Fill);

        await using var service = new ServiceProcess(database.ConnectionString, Settings.Unlimited);
        service.Start();
        await Eventually.TrueAsync(async () => await service.HealthAsync() == "schema_behind", "the service says what it waits for", TimeSpan.FromMinutes(1));
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        Task<(int ExitCode, string Output)>[] migrators;
        await using (var holder = await database.DataSource.OpenConnectionAsync())
        {
            // Read it may be, written not: the migration has done its work and cannot say so yet.
            await using var hold = await holder.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("LOCK TABLE schema_migrations IN SHARE MODE", holder);
            await command.ExecuteNonQueryAsync();
            migrators = [service.VerbAsync("migrate"), service.VerbAsync("migrate")];
            await Eventually.TrueAsync(
                async () => await WaitingAsync(database.DataSource) == 2, "one migrator waits for the table, and the other one for it", TimeSpan.FromMinutes(1));
            await load.RefusedAsync(50);
            load.History.Acknowledged.ShouldBe(0);
        }

        var outputs = await Task.WhenAll(migrators);
        outputs.ShouldAllBe(migrator => migrator.ExitCode == 0, string.Join('\n', outputs));
        outputs.Count(migrator => migrator.Output.Contains(MigrationSet.Embedded.All[^1].Name, StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', outputs));
        await service.ReadyAsync();
        await load.AcknowledgedAsync(100);
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        await using var count = database.DataSource.CreateCommand("SELECT sum(message_count)::bigint FROM daily_rollups WHERE device_id = 'dev_old'");
        (await count.ExecuteScalarAsync()).ShouldBe(OldRows * (OldRows + 1L) / 2);
        return load.History;
    }

    private static async Task<long> WaitingAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

using Ingest.Persistence.Upkeep;
using Ingest.Testing.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ingest.Persistence.Tests.Upkeep;

/// <summary>What is no longer kept goes, what is kept stays, and nobody waits for it.</summary>
public sealed class PrunerTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider _time = new(Now);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_go_by_age_and_one_that_goes_on_is_as_old_as_its_last()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAttemptsAsync(database, "d", 1, "interval '90 days 1 minute'");
        await AddAttemptsAsync(database, "d", 1, "interval '89 days 23 hours'");
        await AddAttemptsAsync(database, "going-on", 1, "interval '200 days'", last: "interval '1 day'");
        await AddAttemptsAsync(database, "", 1, "interval '100 days'");

        (await PruneAsync(database)).ShouldBe(new PrunedRows(2, 0, 0, 0));
        (await ReadAsync<string>(database, "SELECT string_agg(device_id, ',' ORDER BY device_id) FROM sync_attempts")).ShouldBe("d,going-on");
        (await PruneAsync(database)).ShouldBe(new PrunedRows(0, 0, 0, 0));
    }

    [Fact]
    public async Task Of_each_device_the_newest_two_thousand_stay()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAttemptsAsync(database, "busy", 4_500, "n * interval '1 minute'");
        await AddAttemptsAsync(database, "full", 2_000, "n * interval '1 minute'");
        await AddAttemptsAsync(database, "", 2_001, "n * interval '1 minute'");

        (await PruneAsync(database))!.Attempts.ShouldBe(2_501);
        (await ReadAsync<string>(database, "SELECT string_agg(device_id || ' ' || n, ', ' ORDER BY device_id) FROM (SELECT device_id, count(*) AS n FROM sync_attempts GROUP BY 1) AS t"))
            .ShouldBe(" 2000, busy 2000, full 2000");
        (await ReadAsync<DateTime>(database, "SELECT min(received_at) FROM sync_attempts WHERE device_id = 'busy'")).ShouldBe(Now.AddMinutes(-2_000).UtcDateTime);
    }

    [Fact]
    public async Task Each_workspace_gets_its_turn()
    {
        await using var database = await TestDatabase.CreateAsync();
        foreach (var workspace in new[] { "ws", "WS", "a", "zz" })
        {
            await AddAttemptsAsync(database, "d", 2_001, "n * interval '1 minute'", workspace: workspace);
            await AddAttemptsAsync(database, "other", 1, "interval '91 days'", workspace: workspace);
        }

        (await PruneAsync(database))!.Attempts.ShouldBe(8);
        (await ReadAsync<string>(database, "SELECT string_agg(DISTINCT n::text, ',') FROM (SELECT count(*) AS n FROM sync_attempts GROUP BY workspace_id) AS t")).ShouldBe("2000");
    }

    [Fact]
    public async Task Sessions_of_the_pages_and_links_go_when_they_have_ended()
    {
        await using var database = await TestDatabase.CreateAsync();
        var person = Guid.NewGuid();
        await ExecuteAsync(
            database,
            $"""
            INSERT INTO workspaces (workspace_id, name, created_at) VALUES ('ws', 'ws', '{Now:O}');
            INSERT INTO users (workspace_id, user_id, name, role, created_at) VALUES ('ws', '{person}', 'ada', 'member', '{Now:O}');
            INSERT INTO page_sessions (workspace_id, session_id, token_hash, user_id, began_at, expires_at)
            SELECT 'ws', gen_random_uuid(), sha256(n::text::bytea), '{person}', '{Now:O}', '{Now:O}'::timestamptz + n * interval '1 second' FROM generate_series(-2, 1) AS n;
            INSERT INTO sign_in_links (workspace_id, link_id, token_hash, user_id, created_at, expires_at)
            SELECT 'ws', gen_random_uuid(), sha256(n::text::bytea), '{person}', '{Now:O}', '{Now:O}'::timestamptz + n * interval '1 second' FROM generate_series(-1, 1) AS n;
            """);

        (await PruneAsync(database)).ShouldBe(new PrunedRows(0, 0, 0, 0, SignIns: 5));
        (await ReadAsync<long>(database, "SELECT (SELECT count(*) FROM page_sessions) + (SELECT count(*) FROM sign_in_links)")).ShouldBe(2);
    }

    /// <summary>The look for devices that hold too many goes by what was added since: one that comes to hold too many later must not be missed.</summary>
    [Fact]
    public async Task A_device_that_outgrows_the_number_between_two_runs_is_found_by_the_second()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAttemptsAsync(database, "d", 2_000, "n * interval '1 minute'");
        using var pruner = NewPruner(database);
        (await pruner.RunOnceAsync(Cancellation))!.Attempts.ShouldBe(0);
        _time.Advance(TimeSpan.FromHours(1));
        await AddAttemptsAsync(database, "d", 3, "n * interval '1 second' - interval '50 minutes'");
        (await pruner.RunOnceAsync(Cancellation))!.Attempts.ShouldBe(3);
    }

    [Fact]
    public async Task More_than_one_batch_is_removed_in_one_run()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAttemptsAsync(database, "d", (2 * Pruner.LargestBatch) + 1, "interval '91 days' + n * interval '1 second'");
        (await PruneAsync(database))!.Attempts.ShouldBe((2 * Pruner.LargestBatch) + 1);
    }

    [Fact]
    public async Task Earlier_versions_of_days_and_ended_rewinds_go_by_age()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddVersionAsync(database, "181 days");
        await AddVersionAsync(database, "179 days");
        await ExecuteAsync(database, $"""
            INSERT INTO device_rewinds (workspace_id, device_id, since, from_day, reason, verifies, ended_at, outcome)
            SELECT 'ws', 'd', {Sql(Now)} - r.since, '2026-01-01', 'changed', false, {Sql(Now)} - r.ended, CASE WHEN r.ended IS NULL THEN NULL ELSE 'obeyed' END
            FROM (VALUES (interval '95 days', interval '91 days'), (interval '94 days', interval '89 days'), (interval '300 days', NULL)) AS r (since, ended)
            """);

        (await PruneAsync(database)).ShouldBe(new PrunedRows(0, 1, 1, 0));
        (await ReadAsync<long>(database, "SELECT count(*) FROM day_versions")).ShouldBe(1);
        (await ReadAsync<long>(database, "SELECT count(*) FROM device_rewinds")).ShouldBe(2);
    }

    [Fact]
    public async Task The_policy_decides_how_old_is_too_old()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAttemptsAsync(database, "d", 1, "interval '3 days'");
        await AddVersionAsync(database, "6 days");
        await AddQuarantinedAsync(database, "d", 1, "interval '9 days'");
        (await PruneAsync(database, new RetentionPolicy(4, 7, 10))).ShouldBe(new PrunedRows(0, 0, 0, 0));
        (await PruneAsync(database, new RetentionPolicy(2, 5, 8))).ShouldBe(new PrunedRows(1, 1, 0, 1));
    }

    [Fact]
    public async Task Of_each_day_the_newest_twenty_versions_stay()
    {
        await using var database = await TestDatabase.CreateAsync();
        for (var minute = 1; minute <= 25; minute++) await AddVersionAsync(database, $"{minute} minutes");
        await AddVersionAsync(database, "30 minutes", day: "2026-01-02");

        (await PruneAsync(database)).ShouldBe(new PrunedRows(0, 5, 0, 0));
        (await ReadAsync<string>(database, "SELECT string_agg(n::text, ',' ORDER BY bucket_day) FROM (SELECT bucket_day, count(*) AS n FROM day_versions GROUP BY 1) AS t")).ShouldBe("20,1");
        (await ReadAsync<DateTime>(database, "SELECT min(changed_at) FROM day_versions WHERE bucket_day = '2026-01-01'")).ShouldBe(Now.AddMinutes(-20).UtcDateTime);
    }

    [Fact]
    public async Task Rows_in_quarantine_go_by_age_and_off_the_count_of_their_device()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddQuarantinedAsync(database, "old", (2 * Pruner.LargestQuarantineBatch) + 1, "interval '181 days'");
        await AddQuarantinedAsync(database, "mixed", 3, "n * interval '100 days'");
        await AddQuarantinedAsync(database, "young", 2, "interval '179 days'");

        (await PruneAsync(database)).ShouldBe(new PrunedRows(0, 0, 0, (2 * Pruner.LargestQuarantineBatch) + 3));
        (await ReadAsync<string>(database, "SELECT string_agg(device_id || ' ' || quarantined_rows, ', ' ORDER BY device_id) FROM devices")).ShouldBe("mixed 1, old 0, young 2");
        (await ReadAsync<bool>(database, "SELECT count(*) = 3 FROM quarantined_rows")).ShouldBeTrue();
        (await PruneAsync(database)).ShouldBe(new PrunedRows(0, 0, 0, 0));
    }

    [Fact]
    public async Task One_instance_does_it_at_a_time_and_the_next_one_may_when_it_is_done()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAttemptsAsync(database, "d", 1, "interval '91 days'");
        var entered = await SoleInstance.TryRunAsync(
            database.DataSource,
            "upkeep",
            async () => (await PruneAsync(database)).ShouldBeNull(),
            Cancellation);
        entered.ShouldBeTrue();
        (await PruneAsync(database))!.Attempts.ShouldBe(1);

        // A run that fails gives the lock back too.
        await Should.ThrowAsync<InvalidOperationException>(() => SoleInstance.TryRunAsync(database.DataSource, "upkeep", () => throw new InvalidOperationException(), Cancellation));
        (await PruneAsync(database)).ShouldNotBeNull();
    }

    [Fact]
    public async Task It_waits_out_the_start_runs_every_hour_and_outlives_a_failure()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAttemptsAsync(database, "first", 1, "interval '91 days'");
        using var pruner = NewPruner(database);
        await pruner.StartAsync(Cancellation);
        _time.Advance(Pruner.FirstPause - TimeSpan.FromSeconds(1));
        (await ReadAsync<long>(database, "SELECT count(*) FROM sync_attempts")).ShouldBe(1);
        await PassAsync(database, "SELECT count(*) = 0 FROM sync_attempts", TimeSpan.FromSeconds(1));

        await ExecuteAsync(database, "ALTER TABLE sync_attempts RENAME TO away");
        _time.Advance(Pruner.Interval);
        await ExecuteAsync(database, "ALTER TABLE away RENAME TO sync_attempts");
        await AddAttemptsAsync(database, "later", 1, "interval '91 days'");
        await PassAsync(database, "SELECT count(*) = 0 FROM sync_attempts", Pruner.Interval);
        await pruner.StopAsync(Cancellation);
        pruner.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    /// <summary>Lets time pass until it is so: a timer that is set only after the clock was moved is met by the next move.</summary>
    private async Task PassAsync(TestDatabase database, string sql, TimeSpan step) => await Eventually.TrueAsync(
        async () =>
        {
            _time.Advance(step);
            return await ReadAsync<bool>(database, sql);
        },
        sql);

    private Pruner NewPruner(TestDatabase database, RetentionPolicy? policy = null) =>
        new(database.DataSource, policy ?? new RetentionPolicy(90, 180, 180), _time, NullLogger<Pruner>.Instance);

    private async Task<PrunedRows?> PruneAsync(TestDatabase database, RetentionPolicy? policy = null)
    {
        using var pruner = NewPruner(database, policy);
        return await pruner.RunOnceAsync(Cancellation);
    }

    private static string Sql(DateTimeOffset instant) => $"timestamptz '{instant:yyyy-MM-dd HH:mm:ss}Z'";

    /// <param name="age">How long before now each began; <c>n</c> counts from 1.</param>
    /// <param name="last">How long before now its last repetition was; left out, it has none.</param>
    /// <param name="workspace">Whose.</param>
    private static Task AddAttemptsAsync(TestDatabase database, string device, int count, string age, string? last = null, string workspace = "ws") => ExecuteAsync(database, $"""
        INSERT INTO sync_attempts (workspace_id, device_id, received_at, attempt_id, key_id, last_received_at, http_status, body_bytes, duration_us,
            rollups, sessions, windows, changed, unchanged, superseded, rejected)
        SELECT '{workspace}', '{device}', {Sql(Now)} - ({age}), gen_random_uuid(), gen_random_uuid(), {Sql(Now)} - ({last ?? age}), 200, 1, 1, 0, 0, 0, 0, 0, 0, 0
        FROM generate_series(1, {count}) AS n
        """);

    private static Task AddQuarantinedAsync(TestDatabase database, string device, int count, string age) => ExecuteAsync(database, $"""
        INSERT INTO devices (workspace_id, device_id, owner_user_id, first_contact_at, quarantined_rows) VALUES ('ws', '{device}', gen_random_uuid(), {Sql(Now)}, {count});
        INSERT INTO quarantined_rows (workspace_id, device_id, id, kind, path, code, message, raw, schema_version, attempt_id, received_at, sent_at)
        SELECT 'ws', '{device}', gen_random_uuid(), 'daily_rollups', '$', 'code', 'message', '', 2, gen_random_uuid(), {Sql(Now)} - ({age}), {Sql(Now)} FROM generate_series(1, {count}) AS n
        """);

    private static Task AddVersionAsync(TestDatabase database, string age, string day = "2026-01-01") => ExecuteAsync(database, $"""
        INSERT INTO day_versions VALUES ('ws', 'd', '{day}', {Sql(Now)} - interval '{age}', gen_random_uuid(), '{"{grew}"}', gen_random_uuid(), gen_random_uuid(),
            {Sql(Now)}, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, '[]')
        """);

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<T> ReadAsync<T>(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}

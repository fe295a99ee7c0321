using Ingest.Domain.Ledger;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Quarantine;
using Ingest.Testing.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ingest.Persistence.Tests.Quarantine;

/// <summary>Rows that rules of today take go on to the write path, in order, and leave quarantine and its count together.</summary>
public sealed class QuarantineReplayTests
{
    private const string Good = """{"session_id":"s","provider":"codex","message_count":3,"total_input_tokens":1,"total_output_tokens":1,"total_cost_cents":2.5}""";
    private const string Bad = """{"session_id":"s","provider":"codex","message_count":-3,"total_input_tokens":1,"total_output_tokens":1,"total_cost_cents":2.5}""";

    private static readonly DateTimeOffset Sent = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_that_passes_today_comes_with_the_place_of_its_envelope_and_leaves_quarantine()
    {
        await using var database = await TestDatabase.CreateAsync();
        var id = await AddAsync(database, "d", Good, epoch: 3);
        await AddAsync(database, "d", Bad);
        var result = (await ReplayAsync(database, "d"))!;
        (result.Replayed, result.StillRejected, result.Superseded).ShouldBe((1, 1, 0));
        result.Results.ShouldContain(new ReplayedRowResult(id, ReplayOutcome.Replayed, null));

        (await ReadAsync<string>(database, "SELECT session_id || ' ' || message_count || ' ' || clock_epoch || ' ' || extract(epoch FROM sent_at)::bigint FROM session_summaries"))
            .ShouldBe($"s 3 3 {Sent.ToUnixTimeSeconds()}");
        (await StateAsync(database, "d")).ShouldBe("1 kept, 1 counted, rules 1, negative at $.payload.session_summaries[7].message_count");
    }

    [Fact]
    public async Task What_a_newer_envelope_has_written_leaves_quarantine_unstored()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "d", Good, sentAt: Sent.AddDays(1));
        (await ReplayAsync(database, "d"))!.Replayed.ShouldBe(1);
        await AddAsync(database, "d", Good.Replace(":3", ":9", StringComparison.Ordinal));
        var result = (await ReplayAsync(database, "d"))!;
        (result.Replayed, result.StillRejected, result.Superseded).ShouldBe((0, 0, 1));
        (await ReadAsync<long>(database, "SELECT message_count FROM session_summaries")).ShouldBe(3);
        (await ReadAsync<long>(database, "SELECT quarantined_rows FROM devices")).ShouldBe(0);
        (await ReadAsync<long>(database, "SELECT count(*) FROM quarantined_rows")).ShouldBe(0);
    }

    [Fact]
    public async Task Of_several_of_one_key_the_one_that_was_sent_last_stays()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "d", Good.Replace(":3", ":30", StringComparison.Ordinal), epoch: 1, sentAt: Sent.AddDays(-9));
        await AddAsync(database, "d", Good.Replace(":3", ":20", StringComparison.Ordinal), sentAt: Sent.AddDays(1));
        await AddAsync(database, "d", Good.Replace(":3", ":10", StringComparison.Ordinal), sentAt: Sent.AddDays(-1));
        (await ReplayAsync(database, "d"))!.Replayed.ShouldBe(3);
        (await ReadAsync<long>(database, "SELECT message_count FROM session_summaries")).ShouldBe(30);
    }

    [Fact]
    public async Task A_rollup_joins_its_day_beside_the_rows_that_are_there_and_a_closed_day_keeps_its_earlier_version()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "d", Rollup("user", 2), kind: "daily_rollups");
        (await ReplayAsync(database, "d"))!.Replayed.ShouldBe(1);
        await AddAsync(database, "d", Rollup("assistant", 5), kind: "daily_rollups");
        (await ReplayAsync(database, "d"))!.Replayed.ShouldBe(1);
        (await ReadAsync<string>(database, "SELECT string_agg(role || ' ' || message_count || ' ' || (ghosted_at IS NULL), ', ' ORDER BY role) FROM daily_rollups"))
            .ShouldBe("assistant 5 true, user 2 true");
        (await ReadAsync<string>(database, "SELECT rollup_rows || ' ' || message_count FROM device_days")).ShouldBe("2 7");
        (await ReadAsync<long>(database, "SELECT rollup_rows FROM devices")).ShouldBe(2);
        (await ReadAsync<string>(database, "SELECT array_to_string(reasons, ' ') || ' ' || message_count_before || ' ' || message_count_after FROM day_versions"))
            .ShouldBe("grew 2 7");
    }

    [Fact]
    public async Task All_batches_of_a_device_are_tried_and_no_row_twice()
    {
        await using var database = await TestDatabase.CreateAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < QuarantineReplay.LargestBatch + 5; i++) ids.Add(await AddAsync(database, "d", Bad));
        var result = (await ReplayAsync(database, "d"))!;
        result.StillRejected.ShouldBe(ids.Count);
        result.Results.Select(row => row.Id).ShouldBeSubsetOf(ids);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_everything_as_it_was()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "d", Good);
        await AddAsync(database, "d", Bad);
        await ExecuteAsync(database, "ALTER TABLE session_summaries ADD CHECK (message_count > 100)");
        await Should.ThrowAsync<PostgresException>(() => ReplayAsync(database, "d"));
        (await ReadAsync<long>(database, "SELECT count(*) FROM quarantined_rows WHERE rules_version = 0")).ShouldBe(2);
        (await ReadAsync<long>(database, "SELECT quarantined_rows FROM devices")).ShouldBe(2);
    }

    [Fact]
    public async Task After_an_upgrade_rows_of_older_rules_are_tried_once_on_every_device()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "a", Good);
        await AddAsync(database, "a", Bad);
        await AddAsync(database, "b", Good);
        await AddAsync(database, "today", Good, rules: RowRules.Version);
        using var upgrade = NewUpgrade(database, TimeProvider.System);

        var result = (await upgrade.RunOnceAsync(Cancellation))!;
        (result.Replayed, result.StillRejected, result.Superseded).ShouldBe((2, 1, 0));
        (await ReadAsync<string>(database, "SELECT string_agg(device_id, ' ' ORDER BY device_id) FROM session_summaries")).ShouldBe("a b");
        (await StateAsync(database, "a")).ShouldStartWith("1 kept, 1 counted, rules 1");
        (await StateAsync(database, "today")).ShouldStartWith("1 kept, 1 counted");

        var again = (await upgrade.RunOnceAsync(Cancellation))!;
        (again.Replayed, again.StillRejected, again.Superseded).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task It_begins_after_the_start_and_tries_again_when_the_database_was_away()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "d", Good);
        await ExecuteAsync(database, "ALTER TABLE quarantined_rows RENAME TO away");
        var time = new ManualTimeProvider(Sent);
        using var upgrade = NewUpgrade(database, time);
        await upgrade.StartAsync(Cancellation);
        time.Advance(QuarantineUpgrade.FirstPause);
        await ExecuteAsync(database, "ALTER TABLE away RENAME TO quarantined_rows");
        await Eventually.TrueAsync(
            async () =>
            {
                time.Advance(QuarantineUpgrade.PauseAfterFailure);
                return await ReadAsync<long>(database, "SELECT count(*) FROM quarantined_rows") == 0;
            },
            "the row is replayed");
        await upgrade.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(15), Cancellation);
        await upgrade.StopAsync(Cancellation);
    }

    private static QuarantineUpgrade NewUpgrade(TestDatabase database, TimeProvider time) =>
        new(database.DataSource, NewReplay(database, time), time, NullLogger<QuarantineUpgrade>.Instance);

    private static Task<ReplayResult?> ReplayAsync(TestDatabase database, string device) =>
        NewReplay(database, TimeProvider.System).RunAsync("ws", new QuarantineSelection(device, null, null), null, QuarantineReplay.AnyRules, Cancellation);

    private static QuarantineReplay NewReplay(TestDatabase database, TimeProvider time) =>
        new(database.DataSource, new ReplayedRowWriter(Limits, time), Limits, time);

    private static StoreLimits Limits { get; } = new(new LedgerPolicy(), 0, 100, 1);

    private static string Rollup(string role, int messages) =>
        $$"""
        {"bucket_day":"2026-05-01","role":"{{role}}","provider":"codex","model":"m","repo_id":"r","git_branch":"b","surface":"terminal","message_count":{{messages}},
         "input_tokens":0,"output_tokens":0,"cache_creation_tokens":0,"cache_read_tokens":0,"cost_cents_ingested":1}
        """;

    /// <summary>Puts a row aside, as rules of an older version did, and counts it on its device.</summary>
    private static async Task<Guid> AddAsync(TestDatabase database, string device, string raw, int epoch = 0, DateTimeOffset? sentAt = null, int rules = 0, string kind = "session_summaries")
    {
        var id = Guid.NewGuid();
        await using var command = database.DataSource.CreateCommand("""
            WITH device AS (
                INSERT INTO devices AS d (workspace_id, device_id, owner_user_id, first_contact_at, quarantined_rows) VALUES ('ws', $1, gen_random_uuid(), now(), 1)
                ON CONFLICT (workspace_id, device_id) DO UPDATE SET quarantined_rows = d.quarantined_rows + 1)
            INSERT INTO quarantined_rows (workspace_id, device_id, id, kind, path, code, message, raw, schema_version, attempt_id, received_at, clock_epoch, sent_at, rules_version)
            VALUES ('ws', $1, $2, $7, '$.payload.' || $7 || '[7]', 'required', 'old words', $3, 2, gen_random_uuid(), now(), $4, $5, $6)
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = device });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = System.Text.Encoding.UTF8.GetBytes(raw) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = epoch });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (sentAt ?? Sent).UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rules });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        await command.ExecuteNonQueryAsync(Cancellation);
        return id;
    }

    private static Task<string> StateAsync(TestDatabase database, string device) => ReadAsync<string>(database, $"""
        SELECT count(*) || ' kept, ' || max(d.quarantined_rows) || ' counted, rules ' || max(q.rules_version) || ', ' || max(q.code) || ' at ' || max(q.path)
        FROM devices AS d JOIN quarantined_rows AS q USING (workspace_id, device_id) WHERE device_id = '{device}'
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

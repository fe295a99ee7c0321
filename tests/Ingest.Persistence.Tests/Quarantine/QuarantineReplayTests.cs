using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;
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
        var writer = new RecordingWriter(_ => ReplayFate.Stored);
        var result = (await ReplayAsync(database, writer, "d"))!;
        (result.Replayed, result.StillRejected, result.Superseded).ShouldBe((1, 1, 0));
        result.Results.ShouldContain(new ReplayedRowResult(id, ReplayOutcome.Replayed, null));

        var row = writer.Rows.ShouldHaveSingleItem();
        (row.WorkspaceId, row.DeviceId, row.Id, row.Kind, row.Order).ShouldBe(("ws", "d", id, RowKind.SessionSummary, new EnvelopeOrder(3, Sent)));
        row.Envelope.Sessions.ShouldHaveSingleItem().MessageCount.ShouldBe(3);
        (row.Envelope.DeviceId, row.Envelope.WorkspaceId, row.Envelope.SyncedAt, row.Envelope.SchemaVersion).ShouldBe(("d", "ws", Sent, 2));
        (await StateAsync(database, "d")).ShouldBe("1 kept, 1 counted, rules 1, negative at $.payload.session_summaries[7].message_count");
    }

    [Fact]
    public async Task What_a_newer_envelope_has_settled_leaves_quarantine_unstored_and_what_is_held_stays()
    {
        await using var database = await TestDatabase.CreateAsync();
        var old = await AddAsync(database, "d", Good.Replace("\"s\"", "\"old\"", StringComparison.Ordinal));
        var held = await AddAsync(database, "d", Good.Replace("\"s\"", "\"held\"", StringComparison.Ordinal));
        var writer = new RecordingWriter(row => row.Id == old ? ReplayFate.Superseded : ReplayFate.Held);
        var result = (await ReplayAsync(database, writer, "d"))!;
        (result.Replayed, result.StillRejected, result.Superseded).ShouldBe((0, 1, 1));
        (await StateAsync(database, "d")).ShouldStartWith("1 kept, 1 counted, rules 0");
        (await ReadAsync<Guid>(database, "SELECT id FROM quarantined_rows")).ShouldBe(held);
    }

    [Fact]
    public async Task Rows_come_in_the_order_they_were_sent()
    {
        await using var database = await TestDatabase.CreateAsync();
        var third = await AddAsync(database, "d", Good, epoch: 1, sentAt: Sent.AddDays(-9));
        var second = await AddAsync(database, "d", Good, sentAt: Sent.AddDays(1));
        var first = await AddAsync(database, "d", Good, sentAt: Sent.AddDays(-1));
        var writer = new RecordingWriter(_ => ReplayFate.Stored);
        await ReplayAsync(database, writer, "d");
        writer.Rows.Select(row => row.Id).ShouldBe([first, second, third]);
    }

    [Fact]
    public async Task All_batches_of_a_device_are_tried_and_no_row_twice()
    {
        await using var database = await TestDatabase.CreateAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < QuarantineReplay.LargestBatch + 5; i++) ids.Add(await AddAsync(database, "d", Good));
        var writer = new RecordingWriter(_ => ReplayFate.Held);
        (await ReplayAsync(database, writer, "d"))!.StillRejected.ShouldBe(ids.Count);
        writer.Rows.Select(row => row.Id).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_everything_as_it_was()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "d", Good);
        await AddAsync(database, "d", Bad);
        var writer = new RecordingWriter(_ => throw new InvalidOperationException("no"));
        await Should.ThrowAsync<InvalidOperationException>(() => ReplayAsync(database, writer, "d"));
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
        var writer = new RecordingWriter(_ => ReplayFate.Stored);
        using var upgrade = NewUpgrade(database, writer, TimeProvider.System);

        var result = (await upgrade.RunOnceAsync(Cancellation))!;
        (result.Replayed, result.StillRejected, result.Superseded).ShouldBe((2, 1, 0));
        writer.Rows.Select(row => row.DeviceId).ShouldBe(["a", "b"]);
        (await StateAsync(database, "a")).ShouldStartWith("1 kept, 1 counted, rules 1");
        (await StateAsync(database, "today")).ShouldStartWith("1 kept, 1 counted");

        var again = (await upgrade.RunOnceAsync(Cancellation))!;
        (again.Replayed, again.StillRejected, again.Superseded).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task A_device_that_cannot_be_helped_does_not_keep_the_others_from_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "a", Good);
        await AddAsync(database, "b", Good);
        var writer = new RecordingWriter(row => row.DeviceId == "a" ? throw new InvalidOperationException("no") : ReplayFate.Stored);
        using var upgrade = NewUpgrade(database, writer, TimeProvider.System);
        (await upgrade.RunOnceAsync(Cancellation))!.Replayed.ShouldBe(1);
        (await StateAsync(database, "a")).ShouldStartWith("1 kept, 1 counted, rules 0");
    }

    [Fact]
    public async Task It_begins_after_the_start_and_tries_again_when_the_database_was_away()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAsync(database, "d", Good);
        await ExecuteAsync(database, "ALTER TABLE quarantined_rows RENAME TO away");
        var time = new ManualTimeProvider(Sent);
        using var upgrade = NewUpgrade(database, new RecordingWriter(_ => ReplayFate.Stored), time);
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

    private static QuarantineUpgrade NewUpgrade(TestDatabase database, IReplayedRowWriter writer, TimeProvider time) =>
        new(database.DataSource, new QuarantineReplay(database.DataSource, writer), time, NullLogger<QuarantineUpgrade>.Instance);

    private static Task<ReplayResult?> ReplayAsync(TestDatabase database, IReplayedRowWriter writer, string device) =>
        new QuarantineReplay(database.DataSource, writer).RunAsync("ws", new QuarantineSelection(device, null, null), null, QuarantineReplay.AnyRules, Cancellation);

    /// <summary>Puts a session aside, as rules of an older version did, and counts it on its device.</summary>
    private static async Task<Guid> AddAsync(TestDatabase database, string device, string raw, int epoch = 0, DateTimeOffset? sentAt = null, int rules = 0)
    {
        var id = Guid.NewGuid();
        await using var command = database.DataSource.CreateCommand("""
            WITH device AS (
                INSERT INTO devices AS d (workspace_id, device_id, owner_user_id, first_contact_at, quarantined_rows) VALUES ('ws', $1, gen_random_uuid(), now(), 1)
                ON CONFLICT (workspace_id, device_id) DO UPDATE SET quarantined_rows = d.quarantined_rows + 1)
            INSERT INTO quarantined_rows (workspace_id, device_id, id, kind, path, code, message, raw, schema_version, attempt_id, received_at, clock_epoch, sent_at, rules_version)
            VALUES ('ws', $1, $2, 'session_summaries', '$.payload.session_summaries[7]', 'required', 'old words', $3, 2, gen_random_uuid(), now(), $4, $5, $6)
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = device });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = System.Text.Encoding.UTF8.GetBytes(raw) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = epoch });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (sentAt ?? Sent).UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rules });
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

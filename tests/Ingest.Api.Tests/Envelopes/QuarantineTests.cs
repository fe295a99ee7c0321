using System.Text;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>P5: one bad row never silences a device, and nothing that was sent is dropped in silence.</summary>
public sealed class QuarantineTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string NegativeCount = """{"bucket_day": "2026-05-13", "role": "assistant", "provider": "codex", "model": "m", "repo_id": "r", "git_branch": "b", "message_count": -1, "input_tokens": 1, "output_tokens": 1, "cache_creation_tokens": 0, "cache_read_tokens": 0, "cost_cents": 1}""";
    private const string NoDay = """{"bucket_day": "yesterday", "role": "assistant"}""";
    private const string NoMessages = """{"session_id": "s-bad", "provider": "codex"}""";

    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task One_bad_row_among_fifty_is_quarantined_and_the_others_are_stored()
    {
        var device = ServiceFixture.NewDevice();
        var answer = (await Service.PostAsync(OneBadAmongFifty(device))).ShouldBeStored();
        answer["records_upserted"]!.GetValue<int>().ShouldBe(49);
        answer["rows"]!.ToJsonString().ShouldBe("""{"changed":49,"unchanged":0,"superseded":0,"rejected":1}""");
        var told = answer["rejected_rows"]!.AsArray().ShouldHaveSingleItem()!;
        told["path"]!.GetValue<string>().ShouldBe("$.payload.daily_rollups[20].message_count");
        told["code"]!.GetValue<string>().ShouldBe("negative");

        (await fixture.CountAsync("daily_rollups", device)).ShouldBe(49);
        (await Service.QueryAsync<string>(
            $"SELECT path || ' ' || code || ' ' || kind || ' ' || bucket_day || ' ' || schema_version || ' ' || attempt_id FROM quarantined_rows WHERE device_id = '{device}'"))
            .ShouldHaveSingleItem().ShouldBe($"$.payload.daily_rollups[20].message_count negative daily_rollups 2026-05-13 2 {answer.Text("attempt_id")}");
        (await Service.QueryAsync<byte[]>($"SELECT raw FROM quarantined_rows WHERE device_id = '{device}'")).ShouldHaveSingleItem()
            .ShouldBe(Encoding.UTF8.GetBytes(NegativeCount.Replace("\": ", "\":", StringComparison.Ordinal).Replace(", \"", ",\"", StringComparison.Ordinal)));
        var status = await Service.StatusAsync(device);
        status["quarantined_rows"]!.GetValue<long>().ShouldBe(1);
        status["total_rollup_records"]!.GetValue<long>().ShouldBe(49);
        status.Text("health.state").ShouldBe("healthy");
    }

    [Theory]
    [InlineData("handling=strict")]
    [InlineData("Handling=Strict")]
    [InlineData("respond-async, handling=strict; wait=10")]
    [InlineData("handling=\"strict\"")]
    [InlineData("handling = strict")]
    public async Task A_client_that_prefers_strict_handling_gets_nothing_stored(string prefer)
    {
        var device = ServiceFixture.NewDevice();
        var answer = (await Service.PostAsync(OneBadAmongFifty(device), ("Prefer", prefer))).ShouldBeRefused(422, "invalid_rows");
        answer["errors"]!.AsArray().ShouldHaveSingleItem()!["path"]!.GetValue<string>().ShouldBe("$.payload.daily_rollups[20].message_count");
        foreach (var table in ServiceFixture.DataTables) (await fixture.CountAsync(table, device)).ShouldBe(0, table);
    }

    [Theory]
    [InlineData("handling=lenient")]
    [InlineData("return=minimal")]
    [InlineData("strict")]
    public async Task Other_preferences_change_nothing(string prefer) =>
        (await Service.PostAsync(OneBadAmongFifty(ServiceFixture.NewDevice()), ("Prefer", prefer))).ShouldBeStored();

    [Fact]
    public async Task A_good_envelope_is_stored_under_strict_handling() =>
        (await Service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Today), ("Prefer", "handling=strict"))).ShouldBeStored();

    [Fact]
    public async Task An_envelope_without_a_usable_row_is_refused_once_and_quarantined_from_then_on()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = AllBad(device);
        var refused = (await Service.PostAsync(envelope)).ShouldBeRefused(422, "no_usable_rows");
        refused["errors"]!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var table in ServiceFixture.DataTables) (await fixture.CountAsync(table, device)).ShouldBe(0, table);

        for (var tick = 0; tick < 4; tick++)
        {
            var answer = (await Service.PostAsync(envelope)).ShouldBeStored();
            answer["records_upserted"]!.GetValue<int>().ShouldBe(0);
            answer["rows.rejected"]!.GetValue<int>().ShouldBe(3);
            (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(3);
        }

        (await Service.StatusAsync(device))["quarantined_rows"]!.GetValue<long>().ShouldBe(3);
    }

    /// <summary>What the daemon sends in one tick may be several chunks: the first of them, which is good, must not hide that the second was here before.</summary>
    [Fact]
    public async Task A_chunk_without_a_usable_row_passes_at_its_second_tick_though_a_good_chunk_comes_before_it()
    {
        var device = ServiceFixture.NewDevice();
        var good = ServiceFixture.Envelope(device).Rollup(Today);
        var bad = ServiceFixture.Envelope(device, ServiceFixture.Start).RawSession(NoMessages);
        (await Service.PostAsync(good)).ShouldBeStored();
        (await Service.PostAsync(bad)).ShouldBeRefused(422, "no_usable_rows");
        (await Service.PostAsync(good)).ShouldBeStored();
        (await Service.PostAsync(bad)).ShouldBeStored();
        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(1);
    }

    [Fact]
    public async Task Other_rows_without_use_in_between_begin_the_count_again()
    {
        var device = ServiceFixture.NewDevice();
        var one = ServiceFixture.Envelope(device).RawRollup(NegativeCount);
        var other = ServiceFixture.Envelope(device).RawRollup(NegativeCount.Replace("codex", "cursor", StringComparison.Ordinal));
        (await Service.PostAsync(one)).ShouldBeRefused(422, "no_usable_rows");
        (await Service.PostAsync(other)).ShouldBeRefused(422, "no_usable_rows");
        (await Service.PostAsync(one)).ShouldBeRefused(422, "no_usable_rows");
        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(0);
        (await Service.PostAsync(one)).ShouldBeStored();

        // The same told from the database alone: equal counts and codes, but other rows.
        var second = ServiceFixture.NewDevice();
        (await Service.PostAsync(one.Device(second))).ShouldBeRefused(422, "no_usable_rows");
        (await Service.PostAsync(other.Device(second))).ShouldBeRefused(422, "no_usable_rows");
        await using var instance = await fixture.InstanceAsync();
        await Eventually.TrueAsync(async () => await AttemptsAsync(second) == 2, "both refusals are written");
        (await instance.PostAsync(one)).ShouldBeRefused(422, "no_usable_rows");
    }

    [Fact]
    public async Task Rows_that_one_instance_refused_another_one_quarantines()
    {
        var device = ServiceFixture.NewDevice();
        await using var other = await fixture.InstanceAsync();
        (await other.PostAsync(ServiceFixture.Envelope(device).Rollup(Today))).ShouldBeStored();
        (await Service.PostAsync(AllBad(device))).ShouldBeRefused(422, "no_usable_rows");
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today))).ShouldBeStored();
        await Eventually.TrueAsync(async () => await AttemptsAsync(device) == 3, "the refusal is written");
        (await other.PostAsync(AllBad(device))).ShouldBeStored();
        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(3);
    }

    [Fact]
    public async Task A_bad_row_sent_again_every_tick_stays_one_quarantined_row()
    {
        var device = ServiceFixture.NewDevice();
        for (var tick = 0; tick < 6; tick++)
        {
            var envelope = ServiceFixture.Envelope(device, ServiceFixture.Start.AddMinutes(tick)).Rollup(Today, row => row.Messages(10 + tick))
                .RawRollup(NegativeCount.Replace("\"input_tokens\": 1", $"\"input_tokens\": {tick}", StringComparison.Ordinal));
            (await Service.PostAsync(envelope)).ShouldBeStored()["rows.rejected"]!.GetValue<int>().ShouldBe(1);
        }

        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(1);
        (await Service.StatusAsync(device))["quarantined_rows"]!.GetValue<long>().ShouldBe(1);
        (await Service.QueryAsync<string>($"SELECT convert_from(raw, 'UTF8')::jsonb ->> 'input_tokens' FROM quarantined_rows WHERE device_id = '{device}'")).ShouldBe(["5"]);
    }

    /// <summary>Its key cannot be read, and its counts grow with every tick: by its bytes it would be another row each time, until the device is refused for good.</summary>
    [Fact]
    public async Task A_bad_row_without_a_readable_key_stays_one_quarantined_row_while_its_counts_grow()
    {
        var device = ServiceFixture.NewDevice();
        for (var tick = 0; tick < 6; tick++)
        {
            (await Service.PostAsync(ServiceFixture.Envelope(device, ServiceFixture.Start.AddMinutes(tick)).Rollup(Today)
                .Rollup(Today, row => row.Raw("git_branch", "\"half \\ud800 a pair\"").Messages(10 + tick))
                .Rollup(Today, row => row.Raw("git_branch", "\"another \\ud800\"").Messages(10 + tick))
                .Session("x", row => row.Raw("session_id", "7").Messages(tick)))).ShouldBeStored()["rows.rejected"]!.GetValue<int>().ShouldBe(3);
        }

        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(3);
    }

    [Fact]
    public async Task Rows_without_a_key_are_told_apart_within_their_envelope()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(Today)
            .RawRollup("""{"message_count": 1}""").RawRollup("""{"message_count": 2}""").RawRollup("null").RawSession("null");
        (await Service.PostAsync(envelope)).ShouldBeStored()["rows.rejected"]!.GetValue<int>().ShouldBe(4);
        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(4);
        (await Service.PostAsync(envelope)).ShouldBeStored();
        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(4);
    }

    [Fact]
    public async Task A_device_may_fill_its_quarantine_and_is_then_refused_whole()
    {
        var device = ServiceFixture.NewDevice();
        EnvelopeBuilder Filling(int from, int to)
        {
            var envelope = ServiceFixture.Envelope(device).Rollup(Today, row => row.Messages(to));
            for (var i = from; i < to; i++) envelope.RawSession($"{{\"session_id\": \"s-{i}\"}}");
            return envelope;
        }

        (await Service.PostAsync(Filling(0, 10_000))).ShouldBeStored()["rejected_rows"]!.AsArray().Count.ShouldBe(50);
        var versions = await fixture.VersionsAsync(device);
        var refused = (await Service.PostAsync(Filling(9_999, 10_001))).ShouldBeRefused(422, "quarantine_full");
        refused.Text("detail")!.ShouldContain("10000");
        (await fixture.VersionsAsync(device)).ShouldBe(versions);

        // What is quarantined already takes no more room.
        (await Service.PostAsync(Filling(0, 3))).ShouldBeStored();

        var stranger = ServiceFixture.NewDevice();
        (await Service.PostAsync(Filling(0, 10_001).Device(stranger))).ShouldBeRefused(422, "quarantine_full");
        (await fixture.CountAsync("devices", stranger)).ShouldBe(0);
    }

    private static EnvelopeBuilder OneBadAmongFifty(string device)
    {
        var envelope = ServiceFixture.Envelope(device);
        for (var i = 0; i < 50; i++)
        {
            if (i == 20) envelope.RawRollup(NegativeCount);
            else envelope.Rollup(Today.AddDays(-i % 5), row => row.Branch($"branch-{i}"));
        }

        return envelope;
    }

    private static EnvelopeBuilder AllBad(string device) =>
        ServiceFixture.Envelope(device).RawRollup(NegativeCount).RawRollup(NoDay).RawSession(NoMessages);

    private Task<long> AttemptsAsync(string device) => fixture.CountAsync("sync_attempts", device);
}

using System.IO.Compression;
using System.Text;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>What bodies may look like, and what odd texts and numbers become.</summary>
public sealed class TextTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Compressed_bodies_are_stored_like_plain_ones(string encoding)
    {
        var device = ServiceFixture.NewDevice();
        using var packed = new MemoryStream();
        await using (Stream packer = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Fastest, true) : new BrotliStream(packed, CompressionLevel.Fastest, true))
        {
            await packer.WriteAsync(ServiceFixture.Envelope(device).Rollup(Today).ToBytes());
        }

        (await Service.Client.PostEnvelopeAsync(packed.ToArray(), ("Content-Encoding", encoding))).ShouldBeStored();
        (await fixture.CountAsync("daily_rollups", device)).ShouldBe(1);
    }

    [Fact]
    public async Task Branches_that_differ_only_behind_the_cap_stay_two_rows()
    {
        var device = ServiceFixture.NewDevice();
        var branch = "feature/" + new string('x', 2_000);
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today, row => row.Branch(branch + "a").Messages(1)).Rollup(Today, row => row.Branch(branch + "b").Messages(2)));
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today, row => row.Branch(branch + "b").Messages(2)).Rollup(Today, row => row.Branch(branch + "a").Messages(1))))
            .ShouldBeStored()["rows.unchanged"]!.GetValue<int>().ShouldBe(2);
        var stored = await Service.QueryAsync<string>($"SELECT git_branch FROM daily_rollups WHERE device_id = '{device}' ORDER BY message_count");
        stored.Count.ShouldBe(2);
        stored.ShouldAllBe(text => text.Length == 512 && text.StartsWith("feature/xxx", StringComparison.Ordinal) && text[489] == '~');
        stored[0].ShouldNotBe(stored[1]);
    }

    /// <summary>Text that does not compress, in characters of four bytes, at every cap of the key: the widest index row there can be.</summary>
    [Fact]
    public async Task The_widest_key_there_can_be_is_stored()
    {
        var random = new Random(1);
        string Wide(int bytes) => string.Concat(Enumerable.Range(0, bytes / 4).Select(_ => char.ConvertFromUtf32(random.Next(0x10000, 0x2FFFF))));
        var device = new string('d', 128);
        var start = ServiceFixture.Start.AddHours(-3);
        var envelope = ServiceFixture.Envelope(device);
        for (var i = 0; i < 20; i++)
        {
            envelope.Rollup(Today, row => row.Role(Wide(64)).Provider(Wide(64)).Model(Wide(256)).Repo(Wide(512)).Branch(Wide(512)).Surface(Wide(64)));
            envelope.Rollup(Today, row => row.Role(Wide(640)).Provider(Wide(640)).Model(Wide(2560)).Repo(Wide(5120)).Branch(Wide(5120)).Surface(Wide(640)));
            envelope.Session(Wide(256)).Session(Wide(2560)).Window(start, row => row.Provider(Wide(64)));
        }

        (await Service.PostAsync(envelope)).ShouldBeStored()["rows.changed"]!.GetValue<int>().ShouldBe(100);
        (await Service.PostAsync(envelope)).ShouldBeStored()["rows.unchanged"]!.GetValue<int>().ShouldBe(100);
        (await Service.QueryAsync<int>($"SELECT max(octet_length(git_branch)) FROM daily_rollups WHERE device_id = '{device}'")).ShouldBe([512]);
    }

    [Theory]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    public async Task Text_that_Postgres_cannot_hold_quarantines_its_row_wherever_it_stands(string text)
    {
        var device = ServiceFixture.NewDevice();
        string[] fields = ["role", "provider", "model", "repo_id", "git_branch", "surface", "ticket"];
        var envelope = ServiceFixture.Envelope(device).Field("label", text).Rollup(Today);
        foreach (var field in fields) envelope.Rollup(Today, row => row.Raw(field, text));
        envelope.Session("s", row => row.Raw("title", text)).Session("t", row => row.Raw("session_id", text)).Window(ServiceFixture.Start, row => row.Raw("provider", text));
        (await Service.PostAsync(envelope)).ShouldBeStored()["rows.rejected"]!.GetValue<int>().ShouldBe(fields.Length + 3);
        (await Service.StatusAsync(device)).Text("label").ShouldBeNull();
        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(fields.Length + 3);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_quarantine_their_row()
    {
        var device = ServiceFixture.NewDevice();
        var body = ServiceFixture.Envelope(device).Rollup(Today).Rollup(Today, row => row.Model("XX")).ToBytes();
        var at = body.AsSpan().LastIndexOf("XX"u8);
        body[at] = 0xC3;
        body[at + 1] = 0x28;
        (await Service.Client.PostEnvelopeAsync(body)).ShouldBeStored()["rows.rejected"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Unknown_fields_nested_twenty_deep_are_read_over()
    {
        var device = ServiceFixture.NewDevice();
        var nested = string.Concat(Enumerable.Repeat("{\"a\": [", 20)) + "1" + string.Concat(Enumerable.Repeat("]}", 20));
        (await Service.PostAsync(ServiceFixture.Envelope(device).Field("extra", nested).Rollup(Today, row => row.Raw("extra", nested)))).ShouldBeStored()["records_upserted"]!.GetValue<int>().ShouldBe(1);
        (await Service.PostAsync(ServiceFixture.Envelope(device).Field("extra", string.Concat(Enumerable.Repeat("[", 100_000))))).ShouldBeRefused(400, "invalid_json");
    }

    [Theory]
    [InlineData("1e999999999", "out_of_range")]
    [InlineData("-1e999999999", "negative")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890", "out_of_range")]
    [InlineData("1.5", "not_a_whole_number")]
    [InlineData("\"1\"", "wrong_type")]
    [InlineData("null", "wrong_type")]
    [InlineData("{}", "wrong_type")]
    public async Task A_count_that_is_none_quarantines_its_row(string number, string code)
    {
        var answer = await Service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Today.AddDays(-1)).Rollup(Today, row => row.Raw("input_tokens", number)));
        answer.ShouldBeStored()["rejected_rows"]!.AsArray().ShouldHaveSingleItem()!["code"]!.GetValue<string>().ShouldBe(code);
    }

    [Theory]
    [InlineData("0.00005", 0)]
    [InlineData("0.00015", 2)]
    [InlineData("0.000150000000000000000000000000001", 2)]
    [InlineData("0.000050000000000000000000000000001", 1)]
    [InlineData("342.123456789012", 3_421_235)]
    [InlineData("1e-7", 0)]
    [InlineData("-7.1e-14", 0)]
    [InlineData("100000000", 1_000_000_000_000)]
    public async Task Money_is_stored_to_a_ten_thousandth_of_a_cent_half_to_even(string cents, long units)
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today, row => row.Raw("cost_cents_effective", cents).Raw("cost_cents_ingested", cents)))).ShouldBeStored();
        (await Service.QueryAsync<long>($"SELECT cost_effective FROM daily_rollups WHERE device_id = '{device}' AND cost_ingested = cost_effective")).ShouldBe([units]);
        (await Service.QueryAsync<long>($"SELECT cost_effective FROM device_days WHERE device_id = '{device}'")).ShouldBe([units]);
    }

    [Fact]
    public async Task The_largest_values_of_every_count_are_stored_and_summed()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device);
        for (var i = 0; i < 3; i++)
        {
            envelope.Rollup(Today, row => row.Branch($"b{i}").Messages(1_000_000_000).Tokens(1_000_000_000_000, 1_000_000_000_000, 1_000_000_000_000, 1_000_000_000_000).Cost(100_000_000m));
        }

        (await Service.PostAsync(envelope)).ShouldBeStored()["records_upserted"]!.GetValue<int>().ShouldBe(3);
        (await Service.QueryAsync<string>($"SELECT message_count || ' ' || input_tokens || ' ' || cost_effective FROM device_days WHERE device_id = '{device}'"))
            .ShouldBe(["3000000000 3000000000000 3000000000000"]);
    }

    [Fact]
    public async Task Sessions_with_and_without_each_optional_field_are_stored_together_in_either_order()
    {
        var device = ServiceFixture.NewDevice();
        var at = ServiceFixture.Start;
        (await Service.PostAsync(ServiceFixture.Envelope(device)
            .Session("a").Session("b", row => row.StartedAt(at).EndedAt(at).DurationMs(1).Repo("r").Branch("b").Ticket("t").PrimaryModel("m").Title("t").Vital("thrashing", "red", 1)).Session("c")))
            .ShouldBeStored();
        (await Service.QueryAsync<string>($"SELECT session_id || (ended_at IS NULL) || (duration_ms IS NULL) || (vital_thrashing_metric IS NULL) FROM session_summaries WHERE device_id = '{device}' ORDER BY 1"))
            .ShouldBe(["atruetruetrue", "bfalsefalsefalse", "ctruetruetrue"]);
    }

    [Theory]
    [InlineData("\"  dev box \"", "dev box")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    [InlineData("42", null)]
    [InlineData("{\"a\": 1}", null)]
    public async Task A_label_that_is_sent_replaces_the_stored_one(string json, string? stored)
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Label("before").Rollup(Today));
        await Service.PostAsync(ServiceFixture.Envelope(device).Field("label", json).Rollup(Today));
        (await Service.StatusAsync(device)).Text("label").ShouldBe(stored);
    }

    [Fact]
    public async Task A_label_that_is_absent_keeps_the_stored_one_and_a_long_one_is_cut_between_characters()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Label(new string('x', 127) + "😀😀").Rollup(Today));
        (await Service.PostAsync(ServiceFixture.Envelope(device).Without("label").Rollup(Today))).ShouldBeStored();
        (await Service.StatusAsync(device)).Text("label").ShouldBe(new string('x', 127));
    }

    [Fact]
    public async Task A_device_id_that_is_a_UUID_is_one_device_in_either_case_and_others_keep_theirs()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device.ToUpperInvariant()).Rollup(Today));
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today));
        (await Service.StatusAsync(device.ToUpperInvariant())).ShouldBeStored().Text("device_id").ShouldBe(device);
        await Service.PostAsync(ServiceFixture.Envelope("Dev_A").Rollup(Today));
        await Service.PostAsync(ServiceFixture.Envelope("dev_a").Rollup(Today));
        (await Service.QueryAsync<long>($"SELECT count(*) FROM devices WHERE lower(device_id) IN ('{device}', 'dev_a')")).ShouldBe([3]);
    }

    [Fact]
    public async Task Slashes_that_a_trailing_one_of_the_endpoint_doubled_do_not_matter()
    {
        using var content = new ByteArrayContent(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Today).ToBytes()) { Headers = { ContentType = new("application/json") } };
        (await ServiceAnswer.ReadAsync(await Service.Client.PostAsync(new Uri(Service.Address + "/v1//ingest"), content))).ShouldBeStored();
    }

    [Fact]
    public async Task A_body_that_begins_with_a_byte_order_mark_is_read()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Today).ToJson())];
        (await Service.Client.PostEnvelopeAsync(body)).ShouldBeStored();
        (await Service.Client.PostEnvelopeAsync([0xEF, 0xBB, 0xBF, .. body])).ShouldBeRefused(400, "invalid_json");
        (await Service.Client.PostEnvelopeAsync([0xEF, 0xBB, 0xBF])).ShouldBeRefused(400, "invalid_json");
    }

    [Fact]
    public async Task A_key_that_stands_twice_in_one_envelope_is_stored_once_and_the_last_one_wins()
    {
        var device = ServiceFixture.NewDevice();
        var answer = await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today, row => row.Messages(1)).Rollup(Today, row => row.Messages(2))
            .Session("s", row => row.Messages(1)).Session("s", row => row.Messages(2))
            .Window(ServiceFixture.Start, row => row.Messages(1)).Window(ServiceFixture.Start, row => row.Messages(2)));
        answer.ShouldBeStored()["records_upserted"]!.GetValue<int>().ShouldBe(3);
        foreach (var table in new[] { "daily_rollups", "session_summaries", "window_summaries" })
        {
            (await Service.QueryAsync<long>($"SELECT message_count FROM {table} WHERE device_id = '{device}'")).ShouldBe([2]);
        }
    }
}

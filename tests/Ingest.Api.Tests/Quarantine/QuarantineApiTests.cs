using System.Text;
using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Quarantine;

/// <summary>What was put aside can be seen, tried again and thrown away, by those whom it concerns.</summary>
public sealed class QuarantineApiTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task A_row_is_listed_as_it_was_sent_with_the_reason()
    {
        var device = ServiceFixture.NewDevice();
        var stored = await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today).Rollup(Today.AddDays(-1), row => row.Messages(-7).Raw("unknown_field", "\"x\"")));
        var answer = (await ListAsync($"?device_id={device}")).ShouldBeStored();
        answer["total"]!.GetValue<long>().ShouldBe(1);
        answer["next_cursor"].ShouldBeNull();
        var row = answer["rows"]!.AsArray().ShouldHaveSingleItem()!;
        row.AsObject().Select(member => member.Key).ShouldBe(
            ["id", "device_id", "kind", "bucket_day", "path", "code", "message", "row", "schema_version", "rules_version", "attempt_id", "received_at"]);
        Text(row, "device_id").ShouldBe(device);
        Text(row, "kind").ShouldBe("daily_rollups");
        Text(row, "bucket_day").ShouldBe("2026-05-13");
        Text(row, "path").ShouldBe("$.payload.daily_rollups[1].message_count");
        Text(row, "code").ShouldBe("negative");
        Text(row, "attempt_id").ShouldBe(stored.Text("attempt_id"));
        row["rules_version"]!.GetValue<int>().ShouldBe(1);
        row["row"]!["message_count"]!.GetValue<int>().ShouldBe(-7);
        Text(row["row"]!, "git_branch").ShouldBe("main");
        row["row"]!.AsObject().ContainsKey("unknown_field").ShouldBeFalse();
    }

    /// <summary>Texts that no encoder would write are the reason why rows are in quarantine.</summary>
    [Fact]
    public async Task Rows_whose_text_is_broken_are_listed_all_the_same()
    {
        var device = ServiceFixture.NewDevice();
        var json = ServiceFixture.Envelope(device).Rollup(Today).RawRollup("7")
            .Rollup(Today, row => row.Raw("git_branch", "\"half \\ud83d a pair, a whole \\uD83D\\ude00, no escape \\\\ud83d\"")).Rollup(Today, row => row.Raw("repo_id", "\"a zero \\u0000\"")).Session("@@").ToJson();
        var at = json.IndexOf("@@", StringComparison.Ordinal);
        byte[] body = [.. Encoding.UTF8.GetBytes(json[..at]), 0xFF, 0xFE, .. Encoding.UTF8.GetBytes(json[(at + 2)..])];
        (await Service.Client.PostEnvelopeAsync(body)).ShouldBeStored()["rows.rejected"]!.GetValue<int>().ShouldBe(4);
        var rows = (await ListAsync($"?device_id={device}")).ShouldBeStored()["rows"]!.AsArray();
        rows.Count.ShouldBe(4);
        rows.Count(row => row!["row"] is JsonValue).ShouldBe(1);
        rows.Count(row => Text(row!, "code") == "invalid_text").ShouldBe(3);
        rows.Select(row => row!["row"] as JsonObject).Select(row => row?["git_branch"]?.GetValue<string>())
            .ShouldContain("half \ufffd a pair, a whole \ud83d\ude00, no escape \\ud83d");
    }

    [Fact]
    public async Task Pages_and_filters_cover_all_rows_once()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(Today);
        for (var i = 0; i < 5; i++) envelope.RawSession($"{{\"session_id\": \"s-{i}\"}}");
        envelope.Rollup(Today.AddDays(-1), row => row.Messages(-1)).Window(ServiceFixture.Start, row => row.Without("cost_cents"));
        await Service.PostAsync(envelope);

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await ListAsync($"?device_id={device}&limit=3" + (cursor is null ? "" : "&cursor=" + cursor))).ShouldBeStored();
            page["total"]!.GetValue<long>().ShouldBe(7);
            seen.AddRange(page["rows"]!.AsArray().Select(row => Text(row!, "id")));
            cursor = page.Text("next_cursor");
        }
        while (cursor is not null);
        seen.Count.ShouldBe(7);
        seen.ShouldBeUnique();

        (await ListAsync($"?device_id={device}&kind=session_summaries"))["total"]!.GetValue<long>().ShouldBe(5);
        (await ListAsync($"?device_id={device}&code=negative"))["total"]!.GetValue<long>().ShouldBe(1);
        (await ListAsync($"?device_id={device}&code=negative&kind=window_summaries"))["total"]!.GetValue<long>().ShouldBe(0);
        (await ListAsync("?kind=rollups")).ShouldBeRefused(400, "invalid_parameter");
        (await ListAsync("?code=no_body")).ShouldBeRefused(400, "invalid_parameter");
        (await ListAsync("?cursor=none")).ShouldBeRefused(400, "invalid_cursor");
    }

    [Fact]
    public async Task Discarded_rows_are_gone_and_no_longer_counted()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Bad(device, sessions: 4).Rollup(Today, row => row.Messages(-1)));
        var ids = (await ListAsync($"?device_id={device}&kind=session_summaries"))["rows"]!.AsArray().Select(row => Text(row!, "id")).ToList();

        (await DiscardAsync($$"""{"device_id":"{{device}}","ids":["{{ids[0]}}","{{Guid.NewGuid()}}"]}""")).ShouldBe(1);
        (await CountsAsync(device)).ShouldBe((4, 4));
        (await DiscardAsync($$"""{"device_id":"{{device}}","code":"negative"}""")).ShouldBe(1);
        (await CountsAsync(device)).ShouldBe((3, 3));
        (await DiscardAsync($$"""{"device_id":"{{device.ToUpperInvariant()}}","all":true}""")).ShouldBe(3);
        (await CountsAsync(device)).ShouldBe((0, 0));
        (await DiscardAsync($$"""{"device_id":"{{device}}","all":true}""")).ShouldBe(0);

        // What the device sends again is put aside again.
        await Service.PostAsync(Bad(device, sessions: 4));
        (await CountsAsync(device)).ShouldBe((4, 4));
    }

    [Fact]
    public async Task Rows_discarded_while_the_device_sends_leave_the_count_exact()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Bad(device, sessions: 1));
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            if (i % 3 == 0) await DiscardAsync($$"""{"device_id":"{{device}}","all":true}""");
            else (await Service.PostAsync(Bad(device, sessions: 1 + i).Rollup(Today, row => row.Messages(i)))).ShouldBeStored();
        }));
        var (stored, counted) = await CountsAsync(device);
        counted.ShouldBe(stored);
    }

    [Fact]
    public async Task A_row_that_still_breaks_a_rule_stays_and_says_which()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Bad(device, sessions: 0).Rollup(Today.AddDays(-1)).Rollup(Today.AddDays(-1), row => row.Branch("b").Messages(-1)));
        var id = Text((await ListAsync($"?device_id={device}"))["rows"]![0]!, "id");
        var answer = (await PostAsync("replay", $$"""{"device_id":"{{device}}","all":true}""")).ShouldBeStored();
        answer.Body!.ToJsonString().ShouldBe(
            $$"""{"replayed":0,"still_rejected":1,"superseded":0,"results":[{"id":"{{id}}","outcome":"still_rejected","code":"negative"}]}""");
        (await CountsAsync(device)).ShouldBe((1, 1));

        // Its place in the envelope is told as before.
        Text((await ListAsync($"?device_id={device}"))["rows"]![0]!, "path").ShouldBe("$.payload.daily_rollups[2].message_count");
    }

    [Fact]
    public async Task Only_a_hundred_results_are_listed_and_all_are_counted()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Bad(device, sessions: 450));
        var answer = (await PostAsync("replay", $$"""{"device_id":"{{device}}","code":"required"}""")).ShouldBeStored();
        answer["still_rejected"]!.GetValue<int>().ShouldBe(450);
        answer["results"]!.AsArray().Count.ShouldBe(100);
    }

    [Fact]
    public async Task Members_see_their_own_devices_and_managers_see_and_settle_all_of_the_workspace()
    {
        using var ada = await fixture.ClientAsync("ada");
        using var bob = await fixture.ClientAsync("bob");
        using var stranger = await fixture.ClientAsync("carol", UserRole.Manager, "ws_quarantine");
        var device = ServiceFixture.NewDevice();
        (await ada.PostEnvelopeAsync(Bad(device, sessions: 3))).ShouldBeStored();

        async Task<long> SeenByAsync(HttpClient client) =>
            (await ServiceAnswer.ReadAsync(await client.GetAsync($"/v1/ingest/quarantine?device_id={device}"))).ShouldBeStored()["total"]!.GetValue<long>();
        (await SeenByAsync(ada)).ShouldBe(3);
        (await SeenByAsync(Service.Client)).ShouldBe(3);
        (await SeenByAsync(bob)).ShouldBe(0);
        (await SeenByAsync(stranger)).ShouldBe(0);

        var all = $$"""{"device_id":"{{device}}","all":true}""";
        foreach (var verb in new[] { "discard", "replay" })
        {
            (await PostAsync(verb, all, stranger)).ShouldBeRefused(404, "device_not_found");
            foreach (var member in new[] { ada, bob }) (await PostAsync(verb, all, member)).ShouldBeRefused(403, "role_missing");
        }

        (await PostAsync("discard", all.Replace(device, "no-such-device", StringComparison.Ordinal))).ShouldBeRefused(404, "device_not_found");
        (await CountsAsync(device)).ShouldBe((3, 3));
        (await PostAsync("replay", all)).ShouldBeStored()["still_rejected"]!.GetValue<int>().ShouldBe(3);
        (await PostAsync("discard", all)).ShouldBeStored()["discarded"]!.GetValue<int>().ShouldBe(3);
    }

    [Theory]
    [InlineData("{", 400, "invalid_json")]
    [InlineData("""{"device_id":"d","all":true,"all":true}""", 400, "invalid_json")]
    [InlineData("", 400, "no_body")]
    [InlineData("null", 422, "invalid_request")]
    [InlineData("[]", 422, "invalid_request")]
    [InlineData("{}", 422, "invalid_request")]
    [InlineData("""{"device_id":"d"}""", 422, "invalid_request")]
    [InlineData("""{"all":true}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","all":false}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","all":"true"}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","all":true,"code":"negative"}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","code":"unheard_of"}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","ids":[]}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","ids":["x"]}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","al":true}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"d","all":true,"codes":["negative"]}""", 422, "invalid_request")]
    [InlineData("""{"device_id":"\ud800","all":true}""", 400, "invalid_json")]
    [InlineData("""{"device_id":"a b","all":true}""", 422, "invalid_request")]
    public async Task A_selection_that_does_not_say_one_thing_is_refused(string body, int status, string code)
    {
        (await PostAsync("discard", body)).ShouldBeRefused(status, code);
        (await PostAsync("replay", body)).ShouldBeRefused(status, code);
    }

    private static Testing.Envelopes.EnvelopeBuilder Bad(string device, int sessions)
    {
        var envelope = ServiceFixture.Envelope(device).Rollup(Today);
        for (var i = 0; i < sessions; i++) envelope.RawSession($"{{\"session_id\": \"s-{i}\"}}");
        return envelope;
    }

    private Task<ServiceAnswer> ListAsync(string query) => Service.GetAsync("/v1/ingest/quarantine" + query);

    private async Task<ServiceAnswer> PostAsync(string verb, string body, HttpClient? client = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await ServiceAnswer.ReadAsync(await (client ?? Service.Client).PostAsync($"/v1/ingest/quarantine/{verb}", content));
    }

    private async Task<int> DiscardAsync(string body) => (await PostAsync("discard", body)).ShouldBeStored()["discarded"]!.GetValue<int>();

    private async Task<(long Stored, long Counted)> CountsAsync(string device) => (
        await fixture.CountAsync("quarantined_rows", device),
        (await Service.QueryAsync<long>($"SELECT quarantined_rows FROM devices WHERE device_id = '{device}'"))[0]);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}

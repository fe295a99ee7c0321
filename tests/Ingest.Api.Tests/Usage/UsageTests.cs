using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Api.Tests.Envelopes;
using Ingest.Api.Tests.Reconciliation;
using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Usage;

public sealed class UsageTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;
    private static readonly DateOnly Closed = Today.AddDays(-3);

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task Usage_adds_up_the_own_devices_by_day()
    {
        using var ada = await fixture.ClientAsync("ada-adds");
        var (first, second) = (ServiceFixture.NewDevice(), ServiceFixture.NewDevice());
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope(first).Label("one")
            .Rollup(Closed, row => row.Messages(1).Cost(0.1m)).Rollup(Today, row => row.Messages(2).Cost(0.2m)).Rollup(Today.AddDays(-40), row => row.Messages(1000)));
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope(second)
            .Rollup(Closed, row => row.Messages(4).Cost(effective: 0.0001m, ingested: 7)).Rollup(Today.AddDays(-40), row => row.Messages(0)));
        await Service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Closed, row => row.Messages(1_000_000)));

        var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage.Text("from").ShouldBe("2026-04-15");
        usage.Text("to").ShouldBe("2026-05-15");
        usage["totals.message_count"]!.GetValue<long>().ShouldBe(7);
        usage["totals.cost_cents_effective"]!.ToJsonString().ShouldBe("0.3001");
        usage["totals.cost_cents_ingested"]!.ToJsonString().ShouldBe("7.3");
        usage["by"]!.ToJsonString().ShouldBe("""["day"]""");
        Groups(usage).ShouldBe(["2026-05-11 5", "2026-05-14 2"]);
        Groups(await ada.AnswerAsync("/v1/usage?by=day,device&sort=message_count")).ShouldBe([$"2026-05-11 {second} 4", $"2026-05-11 {first} 1", $"2026-05-14 {first} 2"]);
        (await ada.AnswerAsync("/v1/usage?by=device"))["groups"]!.AsArray().Select(group => $"{group!["keys"]![0]!["dimension"]} {group["keys"]![0]!["name"]}").ShouldContain("device one");
        usage.Text("complete_through").ShouldBe("2026-05-11");
        usage["held_back_by"]!.AsArray().ShouldBeEmpty();
        usage["held_back_count"]!.GetValue<int>().ShouldBe(0);

        (await ada.AnswerAsync($"/v1/usage?device_id={second}"))["totals.message_count"]!.GetValue<long>().ShouldBe(4);
        (await ada.AnswerAsync($"/v1/usage?from={Closed:yyyy-MM-dd}&to={Today:yyyy-MM-dd}"))["totals.message_count"]!.GetValue<long>().ShouldBe(5);
        (await ada.AnswerAsync("/v1/usage?to=2026-05-01"))["totals.message_count"]!.GetValue<long>().ShouldBe(1000);
        (await Service.GetAsync($"/v1/usage?device_id={second}"))["totals.message_count"]!.GetValue<long>().ShouldBe(4, "a manager sees every device");
    }

    [Fact]
    public async Task Expired_days_count_nothing_and_are_named()
    {
        using var ada = await fixture.ClientAsync("ada-expired");
        var device = ServiceFixture.NewDevice();
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed, row => row.Messages(5)).Rollup(Today, row => row.Messages(2)));
        await Service.MarkDayAsync(device, Closed, "expired_at = '2026-05-13T00:00:00Z'");
        var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage["totals.message_count"]!.GetValue<long>().ShouldBe(2);
        usage["expired_device_days"]!.GetValue<int>().ShouldBe(1);
        Groups(usage).ShouldBe(["2026-05-14 2"]);
    }

    [Fact]
    public async Task Sums_are_complete_up_to_where_the_worst_device_is_and_it_is_named()
    {
        using var ada = await fixture.ClientAsync("ada-complete");
        var (good, idle, torn, looked) = (ServiceFixture.NewDevice(), ServiceFixture.NewDevice(), ServiceFixture.NewDevice(), ServiceFixture.NewDevice());
        foreach (var device in new[] { good, torn, looked }) (await ada.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed))).ShouldBeStored();
        (await ada.PostEnvelopeAsync(ServiceFixture.Envelope(idle).Label("idle one").Rollup(Closed.AddDays(-2)))).ShouldBeStored();
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope(torn).Field("schema_version", "9"));
        await Service.MarkDeviceAsync(torn, "confirmed_day = '2026-05-11', rewind_from = '2026-05-02', rewind_reason = 'changed'");
        await Service.MarkDeviceAsync(looked, "confirmed_day = '2026-05-11', rewind_from = '2026-04-02', rewind_reason = 'look_back'");
        await Service.MarkDeviceAsync(good, "confirmed_day = '2026-05-11', rewind_from = NULL");
        await Service.MarkDeviceAsync(idle, "confirmed_day = '2026-05-09', rewind_from = NULL");

        var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage.Text("complete_through").ShouldBe("2026-05-01");
        usage["held_back_count"]!.GetValue<int>().ShouldBe(2);
        usage["held_back_by"]!.AsArray().Select(device => $"{device!["device_id"]} {device["label"]} {device["complete_through"]} {device["health_state"]}")
            .ShouldBe([$"{torn} dev-mbp 2026-05-01 failing", $"{idle} idle one 2026-05-09 healthy"]);

        await Service.MarkDeviceAsync(good, "confirmed_day = NULL");
        var none = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        none["complete_through"].ShouldBeNull();
        ((string)none["held_back_by"]![0]!["device_id"]!).ShouldBe(good);
        none["held_back_by"]![0]!["complete_through"].ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_counts_as_complete_while_a_new_device_is_asked_for_its_history()
    {
        using var ada = await fixture.ClientAsync("ada-new");
        var device = ServiceFixture.NewDevice();
        (await ada.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed).Rollup(Today))).ShouldBeStored();
        var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage["complete_through"].ShouldBeNull();
        ((string)usage["held_back_by"]!.AsArray().ShouldHaveSingleItem()!["device_id"]!).ShouldBe(device);
    }

    [Fact]
    public async Task The_twenty_worst_devices_are_named_and_all_are_counted()
    {
        using var ada = await fixture.ClientAsync("ada-many");
        var devices = Enumerable.Range(0, 23).Select(_ => ServiceFixture.NewDevice()).ToList();
        for (var i = 0; i < devices.Count; i++) (await ada.PostEnvelopeAsync(ServiceFixture.Envelope(devices[i]).Rollup(Closed.AddDays(-1 - i)))).ShouldBeStored();
        for (var i = 0; i < devices.Count; i++) await Service.MarkDeviceAsync(devices[i], $"confirmed_day = '{Closed.AddDays(-1 - i):yyyy-MM-dd}', rewind_from = NULL");
        var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage["held_back_count"]!.GetValue<int>().ShouldBe(23);
        usage["held_back_by"]!.AsArray().Select(device => (string)device!["device_id"]!).ShouldBe(devices.AsEnumerable().Reverse().Take(20));
    }

    [Fact]
    public async Task A_range_that_is_too_wide_says_to_narrow_it()
    {
        (await Service.GetAsync("/v1/usage?from=2025-01-01&to=2026-02-05")).ShouldBeStored();
        (await Service.GetAsync("/v1/usage?from=2025-01-01&to=2026-02-06")).ShouldBeRefused(400, "range_too_wide");
        (await Service.GetAsync("/v1/usage?from=2025-01-01")).ShouldBeRefused(400, "range_too_wide").Text("detail").ShouldNotBeNull().ShouldContain("these are 499");
        (await Service.GetAsync("/v1/usage?from=2030-01-01")).ShouldBeRefused(400, "invalid_parameter");
        (await Service.GetAsync("/v1/usage?to=1970-01-02")).ShouldBeStored();
        (await Service.GetAsync("/v1/usage?to=1970-01-01")).ShouldBeRefused(400, "invalid_parameter");
        (await Service.GetAsync("/v1/usage?device_id=a%20b")).ShouldBeRefused(400, "invalid_device_id");
    }

    [Fact]
    public async Task Sums_beyond_64_bits_are_refused_and_not_wrong()
    {
        using var ada = await fixture.ClientAsync("ada-overflow");
        var device = ServiceFixture.NewDevice();
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed).Rollup(Today));
        await Service.MarkRowsAsync(device, $"bucket_day = '{Closed:yyyy-MM-dd}'", $"input_tokens = {long.MaxValue}");
        (await ada.AnswerAsync("/v1/usage")).ShouldBeRefused(400, "range_too_wide");
        (await ada.AnswerAsync($"/v1/usage?to={Today:yyyy-MM-dd}")).ShouldBeStored()["totals.input_tokens"]!.GetValue<long>().ShouldBe(long.MaxValue);
    }

    [Fact]
    public async Task Somebody_without_a_device_has_used_nothing()
    {
        using var ada = await fixture.ClientAsync("ada-nothing");
        var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage["complete_through"].ShouldBeNull();
        usage["groups"]!.AsArray().ShouldBeEmpty();
        usage["totals.message_count"]!.GetValue<long>().ShouldBe(0);
    }

    [Theory]
    [InlineData("by=colour", "by must be among day, device, member")]
    [InlineData("by=day,model,repo", "at most 2")]
    [InlineData("top=0", "from 1 to 1000")]
    [InlineData("sort=name", "cost_cents_effective")]
    [InlineData("compare=last_year", "previous")]
    [InlineData("format=xml", "json, csv")]
    [InlineData("user_id=bob", "UUID")]
    public async Task What_cannot_be_asked_is_refused_with_what_can_be(string query, string says) =>
        (await Service.GetAsync("/v1/usage?" + query)).ShouldBeRefused(400, "invalid_parameter").Text("detail")!.ShouldContain(says);

    [Fact]
    public async Task A_filter_takes_a_hundred_values_and_no_more()
    {
        (await Service.GetAsync("/v1/usage?" + string.Join('&', Enumerable.Range(0, 100).Select(at => $"model=m{at}")))).ShouldBeStored();
        (await Service.GetAsync("/v1/usage?" + string.Join('&', Enumerable.Range(0, 101).Select(at => $"model=m{at}")))).ShouldBeRefused(400, "invalid_parameter");
    }

    [Fact]
    public async Task People_and_devices_that_the_caller_does_not_see_are_not_there()
    {
        using var other = await fixture.ClientAsync("olga", UserRole.Owner, "ws_usage_other");
        using var ada = await fixture.ClientAsync("ada-alone");
        using var bob = await fixture.ClientAsync("bob-alone");
        var (foreign, bobs) = (ServiceFixture.NewDevice(), ServiceFixture.NewDevice());
        (await other.PostEnvelopeAsync(EnvelopeBuilder.For("ws_usage_other").Device(foreign).Rollup(Closed))).ShouldBeStored();
        (await bob.PostEnvelopeAsync(ServiceFixture.Envelope(bobs).Rollup(Closed, row => row.Messages(3)))).ShouldBeStored();
        var people = (await Service.QueryAsync<string>("SELECT name || '=' || user_id FROM users WHERE name IN ('olga', 'ada-alone', 'bob-alone')"))
            .Select(person => person.Split('=')).ToDictionary(person => person[0].Split('-')[0], person => person[1], StringComparer.Ordinal);

        (await ada.AnswerAsync($"/v1/usage?device_id={bobs}")).ShouldBeRefused(404, "device_not_found");
        (await Service.GetAsync($"/v1/usage?device_id={foreign}")).ShouldBeRefused(404, "device_not_found");
        (await Service.GetAsync($"/v1/usage?device_id={bobs}&device_id={foreign}")).ShouldBeRefused(404, "device_not_found");
        (await ada.AnswerAsync($"/v1/usage?user_id={people["bob"]}")).ShouldBeRefused(404, "member_not_found");
        (await Service.GetAsync($"/v1/usage?user_id={people["olga"]}")).ShouldBeRefused(404, "member_not_found");
        (await Service.GetAsync($"/v1/usage?user_id={Guid.NewGuid():D}")).ShouldBeRefused(404, "member_not_found");
        (await Service.GetAsync($"/v1/usage?user_id={people["bob"]}"))["totals.message_count"]!.GetValue<long>().ShouldBe(3);
        (await ada.AnswerAsync($"/v1/usage?user_id={people["ada"]}"))["totals.message_count"]!.GetValue<long>().ShouldBe(0);
        var byMember = (await bob.AnswerAsync("/v1/usage?by=member")).ShouldBeStored();
        Groups(byMember).ShouldBe([$"{people["bob"]} 3"]);
        byMember["groups"]![0]!["keys"]![0]!["name"]!.GetValue<string>().ShouldBe("bob-alone");
    }

    [Fact]
    public async Task A_table_has_a_line_for_each_group_and_nothing_that_a_spreadsheet_would_run()
    {
        using var ada = await fixture.ClientAsync("ada-table");
        var device = ServiceFixture.NewDevice();
        (await ada.PostEnvelopeAsync(ServiceFixture.Envelope(device)
            .Rollup(Closed, row => row.Branch("=1+1").Messages(3).Tokens(1, 2, 3, 4).Cost(effective: 0.5m, ingested: 0.0001m))
            .Rollup(Closed, row => row.Branch("a,\"b\"").Messages(2).Tokens(0, 0).Cost(0.25m))
            .Rollup(Closed, row => row.Branch("main").Messages(1).Tokens(0, 0).Cost(0)))).ShouldBeStored();

        using var table = await ada.GetAsync("/v1/usage?by=branch&top=2&format=csv");
        (await table.Content.ReadAsStringAsync()).ShouldBe(
            "line,branch,group_count,message_count,input_tokens,output_tokens,cache_creation_tokens,cache_read_tokens,cost_cents_ingested,cost_cents_effective\r\n"
            + "group,'=1+1,1,3,1,2,3,4,0.0001,0.5\r\n"
            + "group,\"a,\"\"b\"\"\",1,2,0,0,0,0,0.25,0.25\r\n"
            + "rest,,1,1,0,0,0,0,0,0\r\n");
        table.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8; header=present");
        table.Content.Headers.ContentDisposition!.FileName.ShouldBe("usage-2026-04-15-2026-05-14.csv");
        table.Headers.GetValues("Ingest-Complete-Through").ShouldBe(["none"]);
        table.Headers.GetValues("Ingest-Held-Back-Count").ShouldBe(["1"]);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/usage?by=day,device&compare=previous") { Headers = { { "Accept", "text/csv" } } };
        using var asked = await ada.SendAsync(request);
        (await asked.Content.ReadAsStringAsync()).Split("\r\n")[1].ShouldBe($"group,2026-05-11,{device},dev-mbp,1,6,1,2,3,4,0.2501,0.75,0,0,0,0,0,0,0");
    }

    [Theory]
    [MemberData(nameof(SampleTests.Files), MemberType = typeof(SampleTests))]
    public async Task Sums_of_a_real_envelope_are_its_own_over_every_dimension(string file)
    {
        using var ada = await fixture.ClientAsync("ada-" + file);
        var sent = JsonNode.Parse((await SampleTests.ReadAsync(file)).Replace("ws_local", IngestService.WorkspaceId, StringComparison.Ordinal))!;
        sent["device_id"] = ServiceFixture.NewDevice();
        (await ada.PostEnvelopeAsync(sent.ToJsonString())).ShouldBeStored();
        var rows = sent["payload"]!["daily_rollups"]!.AsArray();
        var fields = new Dictionary<string, Func<JsonNode, string?>>(StringComparer.Ordinal)
        {
            ["day"] = row => (string?)row["bucket_day"], ["provider"] = row => (string?)row["provider"], ["model"] = row => (string?)row["model"], ["repo"] = row => (string?)row["repo_id"],
            ["branch"] = row => (string?)row["git_branch"], ["ticket"] = row => (string?)row["ticket"], ["surface"] = row => (string?)row["surface"] ?? "unknown", ["role"] = row => (string?)row["role"],
            ["device"] = _ => (string?)sent["device_id"],
        };
        foreach (var (dimension, valueOf) in fields)
        {
            var told = (await ada.AnswerAsync($"/v1/usage?from=2025-12-01&to=2026-06-01&by={dimension}")).ShouldBeStored();
            told["groups"]!.AsArray().Select(group => $"{group!["keys"]![0]!["value"]} {group["message_count"]} {group["input_tokens"]} {group["output_tokens"]} {group["cache_creation_tokens"]} {group["cache_read_tokens"]} {group["cost_cents_ingested"]!.GetValue<decimal>():0.####} {group["cost_cents_effective"]!.GetValue<decimal>():0.####}")
                .ShouldBe(
                    rows.GroupBy(row => valueOf(row!), StringComparer.Ordinal).Select(group => string.Create(
                        CultureInfo.InvariantCulture,
                        $"{group.Key} {Sum(group, "message_count")} {Sum(group, "input_tokens")} {Sum(group, "output_tokens")} {Sum(group, "cache_creation_tokens")} {Sum(group, "cache_read_tokens")} {Cents(group, "cost_cents_ingested"):0.####} {Cents(group, "cost_cents_effective"):0.####}")),
                    ignoreOrder: true, dimension);
        }

        static long Sum(IEnumerable<JsonNode?> rows, string field) => rows.Sum(row => row![field]!.GetValue<long>());
        static decimal Cents(IEnumerable<JsonNode?> rows, string field) => rows.Sum(row =>
            Math.Round((row![field] ?? row["cost_cents_ingested"] ?? row["cost_cents"])!.GetValue<decimal>(), 4, MidpointRounding.ToEven));
    }

    /// <summary>Values and messages of each group.</summary>
    private static IEnumerable<string> Groups(ServiceAnswer usage) =>
        usage.ShouldBeStored()["groups"]!.AsArray().Select(group => $"{string.Join(' ', group!["keys"]!.AsArray().Select(key => key!["value"]))} {group["message_count"]}");
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Ingest.Api.Tests.Merging;
using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Devices;

/// <summary>What managers do with devices, and what the devices are told.</summary>
public sealed class DeviceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Day = ServiceFixture.Today.AddDays(-3);

    [Fact]
    public async Task A_paused_device_keeps_what_it_has_is_told_why_and_loses_nothing_once_it_goes_on()
    {
        var device = await fixture.KnownDeviceAsync();
        var known = Envelope(device).Rollup(Day);
        (await fixture.Service.PostAsync(known)).ShouldBeStored();
        var before = await fixture.VersionsAsync(device);

        (await SendAsync(HttpMethod.Post, $"/v1/devices/{device}/pause", """{"reason":"Moved to another desk"}""")).ShouldBeStored().Text("standing").ShouldBe("paused");
        var paused = await fixture.VersionsAsync(device);
        paused.ShouldNotBe(before);

        await using var other = await fixture.InstanceAsync();
        foreach (var service in new[] { fixture.Service, other })
        {
            // One that changes something, and one that is known to change nothing.
            foreach (var envelope in new[] { Envelope(device).Rollup(Day.AddDays(1)), known })
            {
                var answer = (await service.PostAsync(envelope)).ShouldBeRefused(503, "device_paused");
                answer.Text("detail")!.ShouldContain("Moved to another desk");
                answer.Response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
            }
        }

        (await fixture.VersionsAsync(device)).ShouldBe(paused);
        var status = (await fixture.Service.StatusAsync(device)).ShouldBeStored();
        status.Text("health.state").ShouldBe("paused");
        status.Text("health.reason")!.ShouldContain("Moved to another desk");

        (await SendAsync(HttpMethod.Post, $"/v1/devices/{device}/resume")).ShouldBeStored().Text("standing").ShouldBe("active");
        (await other.PostAsync(Envelope(device, ServiceFixture.Start).Rollup(Day.AddDays(1)))).ShouldBeStored();
        (await other.StatusAsync(device)).Text("health.state").ShouldBe("healthy");
    }

    [Fact]
    public async Task A_revoked_device_is_refused_counts_on_and_makes_room_for_another_one()
    {
        await using var service = await fixture.InstanceAsync(("Limits:DevicesPerWorkspace", "2"));
        using var manager = await fixture.ClientAsync("capped", UserRole.Manager, "ws_capped");
        using var client = service.ClientWith(manager.DefaultRequestHeaders.Authorization!.Parameter!);
        foreach (var device in new[] { "one", "two" }) (await client.PostEnvelopeAsync(Of(device))).ShouldBeStored();
        (await client.PostEnvelopeAsync(Of("three"))).ShouldBeRefused(403, "device_cap_reached");

        var heldBackBefore = HeldBackBy((await ServiceAnswer.ReadAsync(await client.GetAsync("/v1/usage"))).ShouldBeStored());
        heldBackBefore.ShouldContain("one");

        (await SendAsync(HttpMethod.Post, "/v1/devices/one/revoke", """{"reason":"Sold"}""", client: client)).ShouldBeStored();
        (await client.PostEnvelopeAsync(Of("one"))).ShouldBeRefused(403, "device_revoked").Text("detail")!.ShouldContain("Sold");
        (await client.PostEnvelopeAsync(Of("three"))).ShouldBeStored();
        var usage = (await ServiceAnswer.ReadAsync(await client.GetAsync($"/v1/usage?from={Day:yyyy-MM-dd}&by=device"))).ShouldBeStored();
        usage["groups"]!.AsArray().Select(one => one!["keys"]![0]!["value"]!.GetValue<string>()).ShouldBe(["one", "three", "two"]);
        HeldBackBy(usage).ShouldBe(heldBackBefore.Where(device => device != "one"), "nothing more is awaited of it");

        static List<string> HeldBackBy(ServiceAnswer usage) => [.. usage["held_back_by"]!.AsArray().Select(one => one!["device_id"]!.GetValue<string>())];

        static EnvelopeBuilder Of(string device) => EnvelopeBuilder.For("ws_capped").Device(device).Rollup(Day);
    }

    [Fact]
    public async Task A_deleted_device_stands_in_no_row_of_any_table_and_stays_away()
    {
        var device = await fixture.KnownDeviceAsync();
        var sent = Envelope(device).Label("to be forgotten").Rollup(Day).Session("s-of-it").Window(ServiceFixture.Start)
            .RawRollup($$"""{"bucket_day": "{{Day:yyyy-MM-dd}}", "role": "assistant", "message_count": -1}""");
        (await fixture.Service.PostAsync(sent)).ShouldBeStored();
        (await fixture.Service.PostAsync(sent.Field("schema_version", "9"))).ShouldBeRefused(422, "unsupported_schema_version");
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", """{"name":"Doomed"}""")).ShouldBeStored();
        await Eventually.TrueAsync(async () => await fixture.CountAsync("sync_attempts", device) == 3, "the attempts are written");

        var contents = (await fixture.Service.GetAsync($"/v1/devices/{device}/contents")).ShouldBeStored();
        contents["rows.daily_rollups"]!.GetValue<long>().ShouldBe(2);
        contents["rows.quarantined_rows"]!.GetValue<long>().ShouldBe(1);
        (await SendAsync(HttpMethod.Delete, $"/v1/devices/{device}")).ShouldBeRefused(428, "precondition_required");
        (await SendAsync(HttpMethod.Delete, $"/v1/devices/{device}", tag: new EntityTagHeaderValue("\"0123\""))).ShouldBeRefused(412, "precondition_failed");

        // Attempts of this very moment are not written yet, here and in another instance: they must not come after the deletion.
        await using var other = await fixture.InstanceAsync();
        (await other.PostAsync(sent.Field("schema_version", "8"))).ShouldBeRefused(422, "unsupported_schema_version");
        (await fixture.Service.PostAsync(sent.Field("schema_version", "7"))).ShouldBeRefused(422, "unsupported_schema_version");
        var receipt = await DeleteAsync(device);
        receipt["deleted.rows.daily_rollups"]!.GetValue<long>().ShouldBe(2);
        (await other.PostAsync(sent.Field("schema_version", "2"))).ShouldBeRefused(403, "device_deleted");
        (await fixture.Service.PostAsync(Envelope(device).Rollup(Day))).ShouldBeRefused(403, "device_deleted");
        await other.StopAsync();
        await Eventually.TrueAsync(
            async () => (await fixture.Service.QueryAsync<long>("SELECT count(*) FROM sync_attempts WHERE code = 'device_deleted'"))[0] >= 2, "the attempts are written");

        (await fixture.Service.TablesHoldingAsync(device)).ShouldBeEmpty();
        (await fixture.Service.TablesHoldingAsync("to be forgotten")).ShouldBeEmpty();
        (await fixture.Service.StatusAsync(device)).ShouldBeRefused(404, "device_not_found");
        var entry = receipt.Text("audit_entry_id");
        (await fixture.Service.QueryAsync<string>($"SELECT action FROM audit_log WHERE entry_id = '{entry}'")).ShouldBe(["device.deleted"]);
    }

    [Fact]
    public async Task A_change_names_what_it_was_made_on_and_two_at_once_do_not_overwrite_each_other()
    {
        var device = await fixture.KnownDeviceAsync();
        var read = (await fixture.Service.GetAsync($"/v1/devices/{device}")).ShouldBeStored();
        var tag = read.Response.Headers.ETag!;
        var changed = await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", """{"name":"First"}""", tag);
        changed.ShouldBeStored().Text("name").ShouldBe("First");
        changed.Response.Headers.ETag.ShouldNotBe(tag);
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", """{"name":"Second"}""", tag)).ShouldBeRefused(412, "precondition_failed");
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", """{"name":"Third"}""", changed.Response.Headers.ETag)).ShouldBeStored().Text("name").ShouldBe("Third");
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", """{"name":null}""")).ShouldBeStored()["name"].ShouldBeNull();
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", $$"""{"owner_user_id":"{{Guid.NewGuid()}}"}""")).ShouldBeRefused(404, "member_not_found");
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", """{"nmae":"x"}""")).ShouldBeRefused(422, "invalid_request");
    }

    [Fact]
    public async Task Devices_are_listed_page_by_page_to_those_who_see_them()
    {
        using var member = await fixture.ClientAsync("lister");
        using var manager = await fixture.ClientAsync("chief", UserRole.Manager);
        var own = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            own.Add(ServiceFixture.NewDevice());
            (await member.PostEnvelopeAsync(Envelope(own[^1]).Rollup(Day))).ShouldBeStored();
        }

        var foreign = await fixture.KnownDeviceAsync();
        (await ListAsync(member, "?limit=2")).ShouldBe(own.Order(StringComparer.Ordinal));
        (await ListAsync(manager, "?limit=3")).ShouldContain(foreign);
        (await ServiceAnswer.ReadAsync(await member.GetAsync($"/v1/devices/{foreign}"))).ShouldBeRefused(404, "device_not_found");
        (await SendAsync(HttpMethod.Post, $"/v1/devices/{own[0]}/pause", client: member)).ShouldBeRefused(403, "role_missing");

        await SendAsync(HttpMethod.Post, $"/v1/devices/{own[3]}/pause");
        (await ListAsync(manager, "?standing=paused&state=paused&limit=1")).ShouldContain(own[3]);
        (await ListAsync(member, "?state=healthy&limit=2")).ShouldBe(own.Where(device => device != own[3]).Order(StringComparer.Ordinal));
        (await ServiceAnswer.ReadAsync(await member.GetAsync("/v1/devices?standing=asleep"))).ShouldBeRefused(400, "invalid_parameter");
    }

    [Fact]
    public async Task A_device_is_owned_by_a_person_and_only_an_owner_gives_away_what_an_owner_has()
    {
        var device = await fixture.KnownDeviceAsync();
        var program = (await fixture.Service.Client.AskAsync("POST /v1/keys", """{"service":true,"name":"robot","scopes":["read"]}""")).ShouldBeCreated();
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", $$"""{"owner_user_id":"{{program.Text("user_id")}}"}""")).ShouldBeRefused(404, "member_not_found");

        using var manager = await fixture.ClientAsync("who would have it", UserRole.Manager);
        var taker = (await fixture.Service.QueryAsync<Guid>("SELECT user_id FROM users WHERE name = 'who would have it'"))[0];
        var transfer = $$"""{"owner_user_id":"{{taker}}"}""";
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", transfer, client: manager)).ShouldBeRefused(403, "owner_needed");
        (await SendAsync(HttpMethod.Patch, $"/v1/devices/{device}", transfer)).ShouldBeStored().Text("owner.name").ShouldBe("who would have it");
    }

    [Fact]
    public async Task Sums_that_are_too_large_to_be_told_keep_no_device_from_being_deleted()
    {
        var device = await fixture.KnownDeviceAsync();
        (await fixture.Service.PostAsync(Envelope(device).Rollup(Day))).ShouldBeStored();
        await fixture.Service.ExecuteAsync($"UPDATE device_days SET input_tokens = 9000000000000000000 WHERE device_id = '{device}'");
        (await fixture.Service.GetAsync($"/v1/devices/{device}/contents")).ShouldBeStored()["input_tokens"]!.GetValue<long>().ShouldBe(long.MaxValue);
        (await DeleteAsync(device)).Text("device_id").ShouldBe(device);
    }

    [Fact]
    public async Task What_others_were_merged_into_is_not_deleted_before_that_is_undone()
    {
        using var ada = await fixture.ClientAsync("merges and deletes", UserRole.Owner, "ws_kept");
        foreach (var device in new[] { "former", "present" }) (await ada.PostEnvelopeAsync(EnvelopeBuilder.For("ws_kept").Device(device).Rollup(Day))).ShouldBeStored();
        await ada.DecideAsync("former", "present");
        var contents = await ada.AnswerAsync("/v1/devices/present/contents");
        (await SendAsync(HttpMethod.Delete, "/v1/devices/present", tag: contents.Response.Headers.ETag, client: ada)).ShouldBeRefused(409, "conflict");
    }

    [Fact]
    public async Task A_code_that_is_redeemed_while_its_device_is_deleted_gets_an_answer_and_no_deadlock()
    {
        var owner = (await fixture.Service.QueryAsync<Guid>("SELECT user_id FROM users WHERE name = 'bootstrap'"))[0];
        using var nobody = fixture.Service.ClientWithoutKey();
        for (var round = 0; round < 10; round++)
        {
            var device = await fixture.KnownDeviceAsync();
            var code = (await fixture.Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{owner}}","device_id":"{{device}}"}""")).ShouldBeCreated().Text("code");
            var contents = (await fixture.Service.GetAsync($"/v1/devices/{device}/contents")).ShouldBeStored();
            var answers = await Task.WhenAll(
                SendAsync(HttpMethod.Delete, $"/v1/devices/{device}", tag: contents.Response.Headers.ETag), nobody.AskAsync("POST /v1/enroll", $$"""{"code":"{{code}}"}"""));
            answers.ShouldAllBe(answer => (int)answer.Status < 500);
        }

        (await fixture.Service.QueryAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe([0]);
    }

    [Fact]
    public async Task A_key_for_one_device_asks_about_that_one_alone_and_is_told_when_it_was_deleted()
    {
        var person = (await fixture.Service.QueryAsync<Guid>("SELECT user_id FROM users WHERE name = 'bootstrap'"))[0];
        var (own, other) = (ServiceFixture.NewDevice(), await fixture.KnownDeviceAsync());
        var key = (await fixture.Service.Client.AskAsync("POST /v1/keys", $$"""{"user_id":"{{person}}","name":"for {{own}}","device_id":"{{own}}"}""")).ShouldBeCreated();
        using var bound = fixture.Service.ClientWith(key.Text("key")!);
        (await bound.PostEnvelopeAsync(Envelope(own).Rollup(Day))).ShouldBeStored();
        (await bound.PostEnvelopeAsync(Envelope(other).Rollup(Day))).ShouldBeRefused(403, "key_bound");
        (await bound.StatusOfAsync(own)).ShouldBeStored();
        (await bound.StatusOfAsync(other)).ShouldBeRefused(404, "device_not_found");

        await fixture.Service.ExecuteAsync($"UPDATE api_keys SET name = 'bound' WHERE device_id = '{own}'");
        await DeleteAsync(own);
        await Eventually.TrueAsync(async () => (await bound.PostEnvelopeAsync(Envelope(own).Rollup(Day))).Text("code") == "device_deleted", "every instance knows");
        (await bound.AnswerAsync("/v1/whoami")).ShouldBeRefused(403, "device_deleted");
        (await fixture.Service.GetAsync($"/v1/keys/{key.Text("key_id")}")).ShouldBeStored().Text("state").ShouldBe("revoked");
    }

    private static EnvelopeBuilder Envelope(string device, DateTimeOffset? syncedAt = null) => ServiceFixture.Envelope(device, syncedAt);

    private async Task<ServiceAnswer> DeleteAsync(string device)
    {
        // What is written behind may come in between; whoever deletes looks again.
        ServiceAnswer? receipt = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var contents = (await fixture.Service.GetAsync($"/v1/devices/{device}/contents")).ShouldBeStored();
                receipt = await SendAsync(HttpMethod.Delete, $"/v1/devices/{device}", tag: contents.Response.Headers.ETag);
                return receipt.Status == HttpStatusCode.OK;
            },
            "what was counted is deleted");
        return receipt!;
    }

    private static async Task<List<string>> ListAsync(HttpClient client, string query)
    {
        var found = new List<string>();
        for (var cursor = ""; ;)
        {
            var page = (await ServiceAnswer.ReadAsync(await client.GetAsync("/v1/devices" + query + cursor))).ShouldBeStored();
            found.AddRange(page["devices"]!.AsArray().Select(device => device!["device_id"]!.GetValue<string>()));
            if (page.Text("next_cursor") is not { } next) return found;
            cursor = "&cursor=" + next;
        }
    }

    private async Task<ServiceAnswer> SendAsync(HttpMethod method, string address, string? body = null, EntityTagHeaderValue? tag = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (tag is not null) request.Headers.IfMatch.Add(tag);
        return await ServiceAnswer.ReadAsync(await (client ?? fixture.Service.Client).SendAsync(request));
    }
}

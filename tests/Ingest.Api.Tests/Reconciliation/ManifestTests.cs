using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Reconciliation;

public sealed class ManifestTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;
    private static readonly DateOnly Closed = Today.AddDays(-3);

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task The_manifest_tells_of_each_day_what_is_stored_and_how_far_it_can_be_relied_on()
    {
        var device = ServiceFixture.NewDevice();
        var stored = (await Service.PostAsync(ServiceFixture.Envelope(device)
            .Rollup(Closed, row => row.Messages(3).Cost(effective: 0.0001m, ingested: 1234567.8912m))
            .Rollup(Closed, row => row.Branch("other").Messages(4).Cost(effective: 2, ingested: 0))
            .RawRollup($$"""{"bucket_day": "{{Closed:yyyy-MM-dd}}", "role": "user"}""")
            .Rollup(Today))).ShouldBeStored();
        var manifest = (await ManifestAsync(device)).ShouldBeStored();

        manifest.Text("device_id").ShouldBe(device);
        manifest.Text("watermark").ShouldBe("2026-05-11");
        manifest.Text("open_day").ShouldBe("2026-05-14");
        manifest.Text("closed_through").ShouldBe("2026-05-11");
        manifest["next_cursor"].ShouldBeNull();
        var days = manifest["days"]!.AsArray();
        days.Select(day => (string)day!["bucket_day"]!).ShouldBe(["2026-05-11", "2026-05-14"]);
        days.Select(day => (string)day!["state"]!).ShouldBe(["complete", "open"]);
        var first = days[0]!;
        first["rollup_rows"]!.GetValue<int>().ShouldBe(2);
        first["quarantined_rows"]!.GetValue<int>().ShouldBe(1);
        first["message_count"]!.GetValue<long>().ShouldBe(7);
        first["input_tokens"]!.GetValue<long>().ShouldBe(2000);
        // As text: a float would not show what it lost.
        first["cost_cents_ingested"]!.ToJsonString().ShouldBe("1234567.8912");
        first["cost_cents_effective"]!.ToJsonString().ShouldBe("2.0001");
        ((string)first["digest"]!).ShouldBe((await Service.QueryAsync<string>($"SELECT encode(digest, 'hex') FROM device_days WHERE device_id = '{device}' ORDER BY bucket_day"))[0]);
        first["digest_version"]!.GetValue<int>().ShouldBe(DayDigest.Version);
        ((string)first["attempt_id"]!).ShouldBe(stored.Text("attempt_id"));
        first["synced_at"]!.GetValue<DateTimeOffset>().ShouldBe(Ingest.Testing.Envelopes.EnvelopeBuilder.DefaultSyncedAt);
        first["received_at"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThanOrEqualTo(ServiceFixture.Start);
        days[1]!["quarantined_rows"]!.GetValue<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData("complete", "kept_rows = 0")]
    [InlineData("changed_after_close", "changed_after_close_at = '2026-05-13T00:00:00Z'")]
    [InlineData("shrunk", "changed_after_close_at = '2026-05-13T00:00:00Z', shrunk_at = '2026-05-13T00:00:00Z'")]
    [InlineData("shared", "flips = 4, flipped_at = '2026-05-14T00:00:00Z', shrunk_at = '2026-05-13T00:00:00Z'")]
    [InlineData("complete", "flips = 4, flipped_at = '2026-05-13T00:00:00Z'")]
    [InlineData("gone", "gone_at = '2026-05-13T00:00:00Z', shrunk_at = '2026-05-13T00:00:00Z'")]
    [InlineData("expired", "expired_at = '2026-05-13T00:00:00Z', gone_at = '2026-05-13T00:00:00Z'")]
    public async Task A_mark_of_the_ledger_becomes_the_state_of_its_day(string state, string marks)
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Closed).Rollup(Today))).ShouldBeStored();
        await Service.MarkDayAsync(device, Closed, marks);
        var day = (await ManifestAsync(device))["days"]![0]!;
        ((string)day["state"]!).ShouldBe(state);
        foreach (var mark in new[] { "changed_after_close_at", "shrunk_at", "gone_at", "expired_at" })
            (day[mark] is not null).ShouldBe(marks.Contains(mark, StringComparison.Ordinal), mark);
    }

    [Fact]
    public async Task Pages_hold_every_day_once_within_the_range_that_ends_before_to()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device);
        for (var i = 0; i < 12; i++) envelope.Rollup(Today.AddDays(-i));
        (await Service.PostAsync(envelope)).ShouldBeStored();

        var range = $"&from={Today.AddDays(-10):yyyy-MM-dd}&to={Today:yyyy-MM-dd}";
        var days = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await ManifestAsync(device, $"{range}&limit=4" + (cursor is null ? "" : $"&cursor={cursor}"))).ShouldBeStored();
            page["days"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(4);
            days.AddRange(page["days"]!.AsArray().Select(day => (string)day!["bucket_day"]!));
            cursor = page.Text("next_cursor");
        }
        while (cursor is not null);
        days.ShouldBe(Enumerable.Range(0, 10).Select(i => Today.AddDays(i - 10).ToString("yyyy-MM-dd")));
    }

    [Fact]
    public async Task A_manifest_that_did_not_change_is_not_sent_again()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Closed))).ShouldBeStored();
        var tag = (await ManifestAsync(device)).ShouldBeStored().Response.Headers.ETag.ShouldNotBeNull();
        tag.IsWeak.ShouldBeFalse();

        foreach (var known in new[] { tag.Tag, "W/" + tag.Tag, "\"x\", " + tag.Tag, "*" })
        {
            using var answer = await AskAsync(device, known);
            ((int)answer.StatusCode).ShouldBe(304, known);
            answer.Headers.ETag.ShouldBe(tag);
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }

        ((int)(await AskAsync(device, "\"x\"")).StatusCode).ShouldBe(200);
        (await Service.PostAsync(ServiceFixture.Envelope(device, ServiceFixture.Start).Rollup(Closed, row => row.Messages(99)))).ShouldBeStored();
        using var changed = await AskAsync(device, tag.Tag);
        ((int)changed.StatusCode).ShouldBe(200);
        changed.Headers.ETag.ShouldNotBe(tag);
    }

    [Fact]
    public async Task A_cursor_leads_nowhere_but_through_the_list_it_was_made_for()
    {
        var device = ServiceFixture.NewDevice();
        var other = ServiceFixture.NewDevice();
        foreach (var one in new[] { device, other })
            (await Service.PostAsync(ServiceFixture.Envelope(one).Rollup(Closed).Rollup(Closed, row => row.Branch("b")).Rollup(Today))).ShouldBeStored();
        var cursor = (await ManifestAsync(device, "&limit=1")).Text("next_cursor").ShouldNotBeNull();

        (await ManifestAsync(device, $"&limit=1&cursor={cursor}")).ShouldBeStored();
        (await ManifestAsync(other, $"&limit=1&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await ManifestAsync(device, $"&from=2026-01-01&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/ingest/rows?device_id={device}&bucket_day=2026-05-11&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/ingest/changes?device_id={device}&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await ManifestAsync(device, "&cursor=nonsense")).ShouldBeRefused(400, "invalid_cursor");

        using var ada = await fixture.ClientAsync("ada-cursor", UserRole.Manager, "ws_cursor");
        (await ada.PostEnvelopeAsync(Ingest.Testing.Envelopes.EnvelopeBuilder.For("ws_cursor").Device(device).Rollup(Closed))).ShouldBeStored();
        (await ada.AnswerAsync($"/v1/ingest/manifest?device_id={device}&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
    }

    [Theory]
    [InlineData("manifest", "&from=yesterday", "invalid_parameter")]
    [InlineData("manifest", "&from=2026-02-30", "invalid_parameter")]
    [InlineData("manifest", "&from=2026-05-02&to=2026-05-02", "invalid_parameter")]
    [InlineData("manifest", "&limit=0", "invalid_parameter")]
    [InlineData("manifest", "&limit=1001", "invalid_parameter")]
    [InlineData("manifest", "&limit=many", "invalid_parameter")]
    [InlineData("manifest", "&device_id=b", "invalid_device_id")]
    [InlineData("rows", "", "invalid_parameter")]
    [InlineData("rows", "&bucket_day=2026-5-1", "invalid_parameter")]
    [InlineData("changes", "&to=9999-99-99", "invalid_parameter")]
    public async Task A_parameter_that_is_wrong_is_named(string list, string parameters, string code) =>
        (await Service.GetAsync($"/v1/ingest/{list}?device_id=a{parameters}")).ShouldBeRefused(400, code);

    [Theory]
    [InlineData("/v1/ingest/manifest?")]
    [InlineData("/v1/ingest/rows?bucket_day=2026-05-11&")]
    [InlineData("/v1/ingest/changes?")]
    [InlineData("/v1/ingest/changes/0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11?")]
    [InlineData("/v1/usage?")]
    public async Task A_device_of_somebody_else_is_answered_like_one_that_does_not_exist(string path)
    {
        var name = path.Replace('/', '-').Replace('?', '-').Replace('=', '-').Replace('&', '-');
        using var ada = await fixture.ClientAsync("ada" + name);
        using var bob = await fixture.ClientAsync("bob" + name);
        using var eve = await fixture.ClientAsync("eve", UserRole.Manager, "ws_" + ServiceFixture.NewDevice());
        var device = ServiceFixture.NewDevice();
        (await ada.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed))).ShouldBeStored();

        foreach (var client in new[] { bob, eve })
        {
            var unknown = Said(await client.AnswerAsync($"{path}device_id={ServiceFixture.NewDevice()}"));
            Said(await client.AnswerAsync($"{path}device_id={device}")).ShouldBe(unknown);
        }

        foreach (var client in new[] { ada, Service.Client })
            (await client.AnswerAsync($"{path}device_id={device.ToUpperInvariant()}")).Text("code").ShouldNotBe("device_not_found");

        static string Said(ServiceAnswer answer) =>
            answer.ShouldBeRefused(404, "device_not_found").Body!.ToJsonString().Replace(answer.Text("attempt_id")!, "", StringComparison.Ordinal);
    }

    private Task<ServiceAnswer> ManifestAsync(string device, string more = "") => Service.GetAsync($"/v1/ingest/manifest?device_id={device}{more}");

    private async Task<HttpResponseMessage> AskAsync(string device, string ifNoneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/ingest/manifest?device_id={device}");
        request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await Service.Client.SendAsync(request);
    }
}

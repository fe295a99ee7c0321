using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Identity;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Attempts;

/// <summary>Attempts are listed to whom they concern, page by page, and none is told twice or left out.</summary>
public sealed class AttemptListTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task An_attempt_tells_what_came_and_how_it_was_answered()
    {
        var device = ServiceFixture.NewDevice();
        var good = ServiceFixture.Envelope(device, Now.AddSeconds(-60)).Rollup(Today).Session("s").RawRollup("{}");
        var stored = await Service.PostAsync(good);
        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
        var attempts = await ListAsync($"?device_id={device}", attempts => attempts.Count == 2 && Number(attempts[0], "attempts") == 2);

        attempts[0].AsObject().Select(member => member.Key).ShouldBe(
        [
            "attempt_id", "device_id", "received_at", "last_received_at", "attempts", "status", "code", "detail", "schema_version", "synced_at", "clock_skew_ms",
            "watermark", "body_bytes", "duration_ms", "rollups", "sessions", "windows", "rows", "key_prefix",
        ]);
        Text(attempts[0], "code").ShouldBe("unsupported_schema_version");
        Text(attempts[0], "detail").ShouldBe("Unsupported schema_version: 5. Expected one of: [1, 2, 3, 4].");
        Number(attempts[0], "status").ShouldBe(422);
        attempts[0]["clock_skew_ms"].ShouldBeNull();
        DateTimeOffset.Parse(Text(attempts[0], "last_received_at")!).ShouldBeGreaterThan(DateTimeOffset.Parse(Text(attempts[0], "received_at")!));

        var first = attempts[1];
        Text(first, "attempt_id").ShouldBe(stored.Text("attempt_id"));
        Text(first, "device_id").ShouldBe(device);
        Text(first, "watermark").ShouldBe(stored.Text("watermark").ShouldNotBeNull());
        first["code"].ShouldBeNull();
        Number(first, "schema_version").ShouldBe(2);
        ((long)first["clock_skew_ms"]!).ShouldBeInRange(-120_000, -60_000);
        ((long)first["body_bytes"]!).ShouldBe(good.ToBytes().Length);
        ((double)first["duration_ms"]!).ShouldBeGreaterThan(0);
        (Number(first, "rollups"), Number(first, "sessions"), Number(first, "windows")).ShouldBe((1, 1, 0));
        first["rows"]!.ToJsonString().ShouldBe("""{"changed":2,"unchanged":0,"superseded":0,"rejected":1}""");
        Text(first, "key_prefix").ShouldBe(IngestService.Key[..13]);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_and_the_last_one_says_so()
    {
        var device = ServiceFixture.NewDevice();
        for (var i = 0; i < 7; i++) await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today, row => row.Messages(i)));
        var whole = await ListAsync($"?device_id={device}", attempts => attempts.Count == 7);
        whole.Select(attempt => DateTimeOffset.Parse(Text(attempt, "received_at")!)).ShouldBeInOrder(SortDirection.Descending);

        // Two that arrived in the same microsecond are told apart by their ids.
        await Service.QueryAsync<int>($"UPDATE sync_attempts SET received_at = (SELECT max(received_at) FROM sync_attempts WHERE device_id = '{device}') WHERE device_id = '{device}' RETURNING 1");
        var seen = new List<string>();
        var pages = 0;
        for (string? cursor = null; ; pages++)
        {
            var page = await Service.GetAsync($"/v1/ingest/attempts?device_id={device}&limit=2" + (cursor is null ? "" : "&cursor=" + cursor));
            seen.AddRange(page["attempts"]!.AsArray().Select(attempt => Text(attempt!, "attempt_id")!));
            cursor = page.Text("next_cursor");
            if (cursor is null) break;
        }

        pages.ShouldBe(3);
        seen.ShouldBe(whole.Select(attempt => Text(attempt, "attempt_id")!), ignoreOrder: true);
        seen.Count.ShouldBe(7);
    }

    [Fact]
    public async Task Filters_keep_what_they_name()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(Today);
        await Service.PostAsync(envelope);
        await Service.PostAsync(envelope);
        await Service.PostAsync(ServiceFixture.Envelope(device).Without("payload"));
        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "9"));
        await ListAsync($"?device_id={device}", attempts => attempts.Count == 4);
        await Service.QueryAsync<int>($"""
            UPDATE sync_attempts SET received_at = '2026-05-01T00:00:00Z', last_received_at = '2026-05-01T20:00:00Z' WHERE device_id = '{device}' AND code = 'invalid_envelope' RETURNING 1
            """);

        async Task<List<string>> CodesAsync(string filter) =>
            [.. (await ListAsync($"?device_id={device}&{filter}")).Select(attempt => $"{Number(attempt, "status")} {Text(attempt, "code")} {(int)attempt["rows"]!["changed"]!}")];

        (await CodesAsync("outcome=accepted")).ShouldBe(["200  0", "200  1"]);
        (await CodesAsync("outcome=changed")).ShouldBe(["200  1"]);
        (await CodesAsync("outcome=refused")).ShouldBe(["422 unsupported_schema_version 0", "422 invalid_envelope 0"]);
        (await CodesAsync("code=invalid_envelope")).ShouldBe(["422 invalid_envelope 0"]);
        (await CodesAsync("to=2026-05-02T00:00:00Z")).ShouldBe(["422 invalid_envelope 0"]);
        (await CodesAsync("to=2026-05-01T00:00:00Z")).ShouldBeEmpty();
        (await CodesAsync("from=2026-05-01T20:00:01Z")).Count.ShouldBe(3);
        (await CodesAsync("from=1970-01-01T00:00:00Z")).Count.ShouldBe(4);

        // It went on until the evening: who asks for the noon has to be told of it.
        (await CodesAsync("from=2026-05-01T12:00:00Z&to=2026-05-01T15:00:00%2B02:00")).ShouldBe(["422 invalid_envelope 0"]);
    }

    [Fact]
    public async Task A_manager_sees_the_workspace_and_a_member_what_is_theirs()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, fixture.Time);
        using var ada = await ClientAsync(service, "ada");
        using var bob = await ClientAsync(service, "bob");
        using var stranger = await ClientAsync(service, "carol", "ws_other", UserRole.Manager);
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope("of-ada").Rollup(Today));
        await bob.PostEnvelopeAsync(ServiceFixture.Envelope("of-bob").Rollup(Today));
        await bob.PostEnvelopeAsync("{");
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope("of-bob").Without("payload"));
        await service.PostAsync(ServiceFixture.Envelope("of-ada").Without("payload"));
        await Eventually.TrueAsync(async () => (await service.QueryAsync<long>("SELECT count(*) FROM sync_attempts"))[0] == 5, "all are written");

        (await SeenAsync(service.Client)).ShouldBe(["of-ada 200", "of-ada 422", "of-bob 200", "of-bob 422", "- 400"], ignoreOrder: true);
        (await SeenAsync(ada)).ShouldBe(["of-ada 200", "of-ada 422", "of-bob 422"], ignoreOrder: true);
        (await SeenAsync(bob)).ShouldBe(["of-bob 200", "of-bob 422", "- 400"], ignoreOrder: true);
        (await SeenAsync(bob, "?device_id=of-ada")).ShouldBeEmpty();
        (await SeenAsync(stranger)).ShouldBeEmpty();
        (await SeenAsync(stranger, "?device_id=of-ada")).ShouldBeEmpty();

        var ofManager = (await service.GetAsync("/v1/ingest/attempts?limit=1")).Text("next_cursor");
        (await ServiceAnswer.ReadAsync(await stranger.GetAsync($"/v1/ingest/attempts?cursor={ofManager}"))).ShouldBeRefused(400, "invalid_cursor");
    }

    [Theory]
    [InlineData("device_id=a%20b", "invalid_device_id")]
    [InlineData("outcome=stored", "invalid_parameter")]
    [InlineData("outcome=1", "invalid_parameter")]
    [InlineData("code=none", "invalid_parameter")]
    [InlineData("from=yesterday", "invalid_parameter")]
    [InlineData("to=2026-05-14", "invalid_parameter")]
    [InlineData("to=2026-05-14T00:00:00+00:00", "invalid_parameter")]
    [InlineData("limit=0", "invalid_parameter")]
    [InlineData("limit=1001", "invalid_parameter")]
    [InlineData("limit=2&limit=3", "invalid_parameter")]
    [InlineData("cursor=x", "invalid_cursor")]
    [InlineData("cursor=AQAAAAAAAAAA", "invalid_cursor")]
    [InlineData("cursor=%00", "invalid_cursor")]
    public async Task A_parameter_that_cannot_be_read_is_refused_and_not_passed_over(string query, string code) =>
        (await Service.GetAsync($"/v1/ingest/attempts?{query}")).ShouldBeRefused(400, code);

    [Fact]
    public async Task A_cursor_is_good_for_the_question_it_was_given_out_for_only()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today));
        await Service.PostAsync(ServiceFixture.Envelope(device).Without("payload"));
        await ListAsync($"?device_id={device}", attempts => attempts.Count == 2);
        var cursor = (await Service.GetAsync($"/v1/ingest/attempts?device_id={device}&limit=1")).Text("next_cursor");
        (await Service.GetAsync($"/v1/ingest/attempts?device_id={device}&limit=5&cursor={cursor}")).ShouldBeStored()["attempts"]!.AsArray().Count.ShouldBe(1);
        (await Service.GetAsync($"/v1/ingest/attempts?cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/ingest/attempts?device_id={device}&outcome=refused&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        (await Service.GetAsync($"/v1/ingest/quarantine?device_id={device}&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
    }

    private static async Task<HttpClient> ClientAsync(IngestService service, string person, string workspace = IngestService.WorkspaceId, UserRole role = UserRole.Member)
    {
        if (workspace != IngestService.WorkspaceId) await service.Services.GetRequiredService<WorkspaceStore>().CreateAsync(Actor.Operator, workspace, workspace);
        return service.ClientWith((await service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(workspace, role, person)).Key);
    }

    private static async Task<List<string>> SeenAsync(HttpClient client, string query = "") =>
        [.. (await ServiceAnswer.ReadAsync(await client.GetAsync("/v1/ingest/attempts" + query))).ShouldBeStored()["attempts"]!.AsArray()
            .Select(attempt => $"{Text(attempt!, "device_id") ?? "-"} {Number(attempt!, "status")}")];

    private async Task<List<JsonNode>> ListAsync(string query, Func<List<JsonNode>, bool>? until = null)
    {
        List<JsonNode> attempts = [];
        await Eventually.TrueAsync(
            async () =>
            {
                attempts = [.. (await Service.GetAsync("/v1/ingest/attempts" + query)).ShouldBeStored()["attempts"]!.AsArray().Select(attempt => attempt!)];
                return until is null || until(attempts);
            },
            "the attempts are written");
        return attempts;
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private static int Number(JsonNode node, string name) => node[name]!.GetValue<int>();
}

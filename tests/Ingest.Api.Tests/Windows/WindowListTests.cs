using System.Text.Json.Nodes;
using Ingest.Api.Tests.Merging;
using Ingest.Api.Tests.Queries;
using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Windows;

/// <summary>Lists of rate-limit windows beside plain SQL over what is stored.</summary>
public sealed class WindowListTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;

    private IngestService Service => fixture.Service;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_list_holds_what_plain_sql_finds_in_its_order_and_each_once(int seed)
    {
        var random = new Random(seed);
        var workspace = $"ws_windows_{seed}";
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, workspace);
        using var bob = await fixture.FellowAsync("bob", UserRole.Member, workspace);
        foreach (var device in new[] { "a-old", "a-new", "b-one", "gone", "gone-since" })
        {
            var envelope = EnvelopeBuilder.For(workspace).Device(device).SyncedAt(Now.AddMinutes(-random.Next(5)));
            for (var i = 0; i < 30; i++)
            {
                envelope.Window(new DateTimeOffset(2026, 5, random.Next(9, 14), random.Next(5) * 5, 0, 0, TimeSpan.Zero), window => window
                    .Provider(random.Next(2) == 0 ? "claude_code" : "codex").Surface(random.Next(2) == 0 ? "terminal" : "vscode").HitRateLimit(random.Next(3) == 0));
            }

            (await (device == "b-one" ? bob : ada).PostEnvelopeAsync(envelope)).ShouldBeStored();
        }

        await ada.DecideAsync("a-old", "a-new");
        await ada.DecideAsync("gone", "gone-since", "supersede");
        var bobs = (await Service.QueryAsync<Guid>($"SELECT user_id FROM users WHERE workspace_id = '{workspace}' AND name = 'bob'"))[0];

        for (var run = 0; run < 30; run++)
        {
            var isBob = random.Next(3) == 0;
            (string Parameter, string Condition)[] possible =
            [
                ("provider=codex", "provider = 'codex'"), ("surface=vscode", "surface = 'vscode'"), ("hit_rate_limit=true", "hit_rate_limit"),
                ("hit_rate_limit=false", "NOT hit_rate_limit"), ("from=2026-05-10", "started_at >= '2026-05-10T00:00:00Z'"), ("to=2026-05-12", "started_at < '2026-05-12T00:00:00Z'"),
                ($"user_id={bobs}", "device_id = 'b-one'"), ("device_id=b-one", "device_id = 'b-one'"),
            ];
            var chosen = possible.Where(_ => random.Next(4) == 0).DistinctBy(one => one.Parameter.Split('=')[0]).ToList();
            var expected = await Service.QueryAsync<string>(
                $"""
                SELECT device_id || ' ' || provider || ' ' || extract(epoch FROM started_at)::bigint FROM (
                    SELECT *, row_number() OVER (PARTITION BY CASE WHEN device_id LIKE 'a-%' THEN 'a' ELSE device_id END, provider, started_at ORDER BY sent_at DESC, device_id DESC) AS copy
                    FROM window_summaries WHERE workspace_id = '{workspace}' AND device_id <> 'gone') AS w
                WHERE {string.Join(" AND ", chosen.Select(one => one.Condition).Prepend("copy = 1").Append(isBob ? "device_id = 'b-one'" : "true"))}
                ORDER BY started_at DESC, device_id COLLATE "C" DESC, provider COLLATE "C" DESC
                """);
            var address = "/v1/windows?" + string.Join('&', chosen.Select(one => one.Parameter));
            var listed = await (isBob ? bob : ada).WalkAsync(address, "windows", random.Next(1, 30));
            listed.Select(Place).ShouldBe(expected, $"{address} as {(isBob ? "bob" : "ada")}, seed {seed}");
        }
    }

    [Fact]
    public async Task A_window_comes_back_as_it_was_sent()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Window(Now.AddHours(-3), window => window.Active(true).HitRateLimit(true)))).ShouldBeStored();
        var window = (await Service.GetAsync($"/v1/windows?device_id={device}")).ShouldBeStored()["windows"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        ((string)window["device"]!["device_id"]!).ShouldBe(device);
        window.Remove("device");
        var sent = JsonNode.Parse(
            """
            {"provider":"claude_code","started_at":"2026-05-14T15:30:05+00:00","ended_at":"2026-05-14T20:30:05+00:00","duration_minutes":300,"is_active":true,
             "hit_rate_limit":true,"message_count":20,"input_tokens":5000,"output_tokens":800,"cache_creation_tokens":70,"cache_read_tokens":9000,
             "cost_cents":91.5,"burn_rate_cents_per_minute":0.305,"surface":"terminal","synced_at":"2026-05-14T18:30:00+00:00"}
            """)!;
        window.ToJsonString().ShouldBe(sent.ToJsonString());
    }

    [Fact]
    public async Task What_cannot_be_asked_says_what_is_wrong_with_it()
    {
        foreach (var query in new[] { "hit_rate_limit=yes", "from=x", "to=2026-13-01", "user_id=1", "limit=1001", "provider=%00" })
            (await Service.GetAsync("/v1/windows?" + query)).ShouldBeRefused(400, "invalid_parameter");
        (await Service.GetAsync("/v1/windows?cursor=abc")).ShouldBeRefused(400, "invalid_cursor");
    }

    private static string Place(JsonNode window) => $"{window["device"]!["device_id"]} {window["provider"]} {window["started_at"]!.GetValue<DateTimeOffset>().ToUnixTimeSeconds()}";
}

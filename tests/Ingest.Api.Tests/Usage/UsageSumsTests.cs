using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Api.Tests.Merging;
using Ingest.Api.Tests.Reconciliation;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Usage;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Usage;

/// <summary>Whatever happens to a fleet, and whatever is asked: every sum is that of the live rows, to the 1/10000 cent.</summary>
public sealed class UsageSumsTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Days = 12;

    private static readonly DateOnly Today = ServiceFixture.Today;
    private static readonly string[] Measures =
        ["message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_cents_ingested", "cost_cents_effective"];

    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["device"] = "device_id", ["member"] = "user_id", ["provider"] = "provider", ["model"] = "model", ["repo"] = "repo_id", ["branch"] = "git_branch", ["ticket"] = "ticket",
        ["surface"] = "surface", ["role"] = "role",
    };

    /// <param name="direct">What is read row by row; with none, everything that can be comes from blocks.</param>
    /// <param name="seed">Of fleet, faults and questions.</param>
    [Theory]
    [InlineData("0", 1)]
    [InlineData("0", 2)]
    [InlineData("0", 3)]
    [InlineData("60", 4)]
    [InlineData("100000", 5)]
    public async Task Sums_are_those_of_the_live_rows_over_every_dimension_and_filter(string direct, int seed)
    {
        var workspace = $"ws_sums_{seed.ToString(CultureInfo.InvariantCulture)}";
        await using var service = await fixture.InstanceAsync(("Usage:DirectDeviceDays", direct));
        using var owner = await fixture.ClientAsync("owner", UserRole.Owner, workspace);
        using var boss = service.ClientWith(owner.DefaultRequestHeaders.Authorization!.Parameter!);
        var keys = new List<HttpClient>();
        foreach (var person in new[] { "ada", "bob", "cy" })
            keys.Add(service.ClientWith((await service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(workspace, UserRole.Member, person)).Key));
        var fleet = new Fleet(workspace, keys, boss, seed);
        var oracle = new UsageOracle(service, workspace);
        var blocks = service.Services.GetRequiredService<UsageBlockStore>();

        foreach (var device in fleet.Devices) await fleet.SendAsync(device, 0, Days);
        for (var round = 0; round < 6; round++)
        {
            for (var day = 0; day < Days; day++)
            {
                if (fleet.Dice.Next(3) > 0) await blocks.BuildAsync(workspace, Today.AddDays(-day), evenIfRecent: true, TestContext.Current.CancellationToken);
            }

            await CheckAsync(fleet, oracle, questions: 8);
            await fleet.DisturbAsync(service, oracle, round);
            await CheckAsync(fleet, oracle, questions: 8);
        }

        (await service.QueryAsync<long>($"SELECT count(*) FROM usage_blocks WHERE workspace_id = '{workspace}'"))[0].ShouldBeGreaterThan(0);
        foreach (var key in keys) key.Dispose();
    }

    private static async Task CheckAsync(Fleet fleet, UsageOracle oracle, int questions)
    {
        var dice = fleet.Dice;
        for (var question = 0; question < questions; question++)
        {
            string[] by = [.. UsageOracle.Dimensions.OrderBy(_ => dice.Next()).Take(dice.Next(1, 3))];
            var from = Today.AddDays(-dice.Next(0, Days));
            var to = from.AddDays(dice.Next(1, Days));
            var filters = Parameters.Keys.OrderBy(_ => dice.Next()).Take(dice.Next(0, 3)).Select(dimension => (Dimension: dimension, Values: fleet.ValuesOf(dimension)))
                .Where(filter => filter.Values.Length > 0).ToList();
            var query = $"/v1/usage?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}&compare=previous&by={string.Join(',', by)}"
                + string.Concat(filters.SelectMany(filter => filter.Values.Select(value => $"&{Parameters[filter.Dimension]}={Uri.EscapeDataString(value)}")));

            var expected = await oracle.GroupsAsync(from, to, by, filters);
            var all = (await fleet.Boss.AnswerAsync(query + "&top=1000")).ShouldBeStored();
            var told = all["groups"]!.AsArray().Select(Line).ToList();
            told.Except(expected, StringComparer.Ordinal).ShouldBeEmpty(query);
            expected.Except(told, StringComparer.Ordinal).ShouldBeEmpty(query);
            told.Count.ShouldBe(expected.Count);
            all["rest"]!.AsArray().ShouldBeEmpty();

            // However few are told one by one: with the rest they are all.
            var some = (await fleet.Boss.AnswerAsync(query + "&top=2&sort=tokens")).ShouldBeStored();
            foreach (var measure in Measures)
            {
                var total = all["totals." + measure]!.GetValue<decimal>();
                total.ShouldBe(all["groups"]!.AsArray().Sum(group => group![measure]!.GetValue<decimal>()), query);
                some["totals." + measure]!.GetValue<decimal>().ShouldBe(total, query);
                some["groups"]!.AsArray().Concat(some["rest"]!.AsArray()).Sum(group => group![measure]!.GetValue<decimal>()).ShouldBe(total, query);
                some["groups"]!.AsArray().Concat(some["rest"]!.AsArray()).Sum(group => group!["previous"]![measure]!.GetValue<decimal>())
                    .ShouldBe(all["previous." + measure]!.GetValue<decimal>(), query);
            }
        }
    }

    private static string Line(JsonNode? group) =>
        string.Join('|', group!["keys"]!.AsArray().Select(key => (string?)key!["value"] ?? "∅")) + " = "
        + string.Join(' ', Sums(group).Concat(Sums(group["previous"]!)));

    /// <summary>In units of 1/10000 cent where they are money, as the database has them.</summary>
    private static IEnumerable<string> Sums(JsonNode sums) => Measures.Select(measure =>
        (sums[measure]!.GetValue<decimal>() * (measure.StartsWith("cost", StringComparison.Ordinal) ? 10_000 : 1)).ToString("0.####", CultureInfo.InvariantCulture));

    /// <summary>Some devices of some people, with usage that a seed decides.</summary>
    private sealed class Fleet(string workspace, IReadOnlyList<HttpClient> keys, HttpClient boss, int seed)
    {
        private DateTimeOffset _sentAt = ServiceFixture.Start;

        public Random Dice { get; } = new(seed);

        public HttpClient Boss => boss;

        public List<string> Devices { get; } = [.. Enumerable.Range(0, 7).Select(at => $"dev-{at.ToString(CultureInfo.InvariantCulture)}")];

        public List<string> Members { get; } = [];

        /// <summary>Posts a snapshot of each of these days, counted back from today.</summary>
        public async Task SendAsync(string device, int first, int end)
        {
            var envelope = EnvelopeBuilder.For(workspace).Device(device).SyncedAt(_sentAt = _sentAt.AddSeconds(1));
            for (var day = first; day < end; day++)
            {
                for (var row = Dice.Next(1, 6); row > 0; row--)
                {
                    envelope.Rollup(Today.AddDays(-day), rollup => rollup
                        .Role(Any("role")!).Provider(Any("provider")!).Model(Any("model")!).Repo(Any("repo")!).Branch(Any("branch")!).Surface(Any("surface")!)
                        .Ticket(Any("ticket")).Messages(Dice.Next(0, 50)).Tokens(Dice.NextInt64(0, 9_000_000_000), Dice.Next(), Dice.Next(300), Dice.Next(70_000))
                        .Cost(effective: Dice.Next(0, 10_000_000) / 10_000m, ingested: Dice.Next(0, 500_000) / 10_000m));
                }
            }

            var key = keys[Devices.IndexOf(device) < 0 ? 0 : Devices.IndexOf(device) % keys.Count];
            (await key.PostEnvelopeAsync(envelope, ("User-Agent", "ureq/3.3.0"))).ShouldBeStored();
        }

        /// <summary>Days that change, shrink and expire, devices that come, go, and turn out to be one.</summary>
        public async Task DisturbAsync(IngestService service, UsageOracle oracle, int round)
        {
            for (var change = 0; change < 4; change++)
            {
                var first = Dice.Next(Days);
                await SendAsync(Devices[Dice.Next(Devices.Count)], first, Math.Min(Days, first + Dice.Next(1, 4)));
            }

            switch (round)
            {
                case 0:
                    await service.MarkDayAsync(Devices[0], Today.AddDays(-Dice.Next(Days)), "expired_at = now()");
                    break;
                case 1:
                    await Boss.DecideAsync(Devices[1], Devices[2]);
                    oracle.Homes[Devices[1]] = oracle.Homes[Devices[2]] = Devices[2];
                    break;
                case 2:
                    await Boss.DecideAsync(Devices[3], Devices[2], "supersede");
                    oracle.Homes[Devices[3]] = null;
                    break;
                case 3:
                    await Boss.DeleteDeviceAsync(Devices[6]);
                    Devices.RemoveAt(6);
                    break;
                case 4:
                    (await Boss.UnmergeAsync(Devices[1])).ShouldBeStored();
                    oracle.Homes.Remove(Devices[1]);
                    break;
            }

            if (Members.Count == 0) Members.AddRange(await service.QueryAsync<string>($"SELECT DISTINCT owner_user_id::text FROM devices WHERE workspace_id = '{workspace}'"));
        }

        public string[] ValuesOf(string dimension) => dimension switch
        {
            // Of merged ids, the one asked for says which of them are meant: that is another test's.
            "device" => [Devices[0], Devices[4], .. Dice.Next(2) == 0 ? [Devices[5]] : Array.Empty<string>()],
            "member" => Members.Count == 0 ? [] : [Members[Dice.Next(Members.Count)]],
            "ticket" => [Any("ticket") ?? ""],
            _ => [.. Enumerable.Range(0, Dice.Next(1, 3)).Select(_ => Any(dimension)!).Distinct()],
        };

        private string? Any(string dimension)
        {
            string?[] values = dimension switch
            {
                "role" => ["assistant", "user"],
                "provider" => ["claude_code", "codex", "cursor"],
                "ticket" => [null, null, "ABC-1", "ABC-2", "", "x'y"],
                "surface" => ["vscode", "terminal"],
                _ => [.. Enumerable.Range(0, 4).Select(at => $"{dimension}-{at.ToString(CultureInfo.InvariantCulture)}"), "(untagged)"],
            };
            return values[Dice.Next(values.Length)];
        }
    }
}

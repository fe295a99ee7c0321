using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Simulator.Counting;
using Ingest.Simulator.Daemon;
using Ingest.Simulator.Faults;
using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;
using Ingest.Simulator.Tests.Servers;

namespace Ingest.Simulator.Tests.Fleet;

/// <summary>The kit itself: it is the same twice, it speaks as a daemon does, and its verdict can go either way.</summary>
public sealed class SimulationTests
{
    private static readonly RunPlan Small = new() { Days = 10, TicksPerDay = 12, ChunkSize = 60, HistoryDays = 40 };

    [Fact]
    public async Task A_server_that_answers_the_newest_stored_day_loses_and_doubles()
    {
        var result = await RunAsync(ModelRule.NewestStoredDay, Small, FaultKind.All);
        result.Passes.ShouldBeFalse();
        foreach (var fault in new[] { "offline", "midnight", "late", "old-change", "import", "history", "all" })
            result.End.Single(group => group.Name == fault).Lost.ShouldBeGreaterThan(0, fault);
        foreach (var fault in new[] { "rekey", "shrink" })
            result.End.Single(group => group.Name == fault).Doubled.ShouldBeGreaterThan(0, fault);
        result.SharedIds.ShouldAllBe(finding => !finding.Passes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_server_that_keeps_snapshots_and_asks_again_is_whole(int seed)
    {
        var result = await RunAsync(ModelRule.Snapshots, Small with { Seed = seed }, FaultKind.All);
        foreach (var group in result.End.Where(group => group.IsHealable))
            group.IsWhole.ShouldBeTrue($"{group.Name}: {group}; {string.Join("; ", group.Examples)}");
        result.SharedIds.ShouldNotBeEmpty();
        result.Passes.ShouldBeTrue();
        result.Answers.Keys.ShouldBe([200]);
        result.End.Sum(group => group.OnDevices).ShouldBeGreaterThan(1_000_000);
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_run_and_another_seed_another()
    {
        var plan = Small with { Days = 5, Tail = 2 };
        List<FaultKind> faults = [.. FaultKind.All.Where(fault => fault.IsHealable)];
        var (once, again) = (await RunAsync(ModelRule.Snapshots, plan, faults), await RunAsync(ModelRule.Snapshots, plan, faults));
        Facts(again).ShouldBe(Facts(once));
        Facts(await RunAsync(ModelRule.Snapshots, plan with { Seed = 2 }, faults)).ShouldNotBe(Facts(once));

        static List<string> Facts(RunResult result) =>
            [.. result.End.Select(group => $"{group.Name} {group.OnDevices} {group.OnServer} {group.Lost} {group.RowsSent} {group.Requests} {group.Bytes}")];
    }

    [Fact]
    public async Task Requests_look_like_the_daemons()
    {
        await using var server = await ModelServer.StartAsync(ModelRule.Snapshots);
        await RunAsync(server, Small with { Days = 1, Tail = 0, Soon = 0 }, [FaultKind.Find("dup")!]);
        var (line, headers, body) = server.Heard.First();
        line.ShouldBe("POST /v1/ingest HTTP/1.1");
        headers.Remove("Host").ShouldBeTrue();
        headers.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {header.Value}").ShouldBe(
        [
            "Accept: */*", "Accept-Encoding: gzip", "Authorization: Bearer budi_model", $"Content-Length: {System.Text.Encoding.UTF8.GetByteCount(body)}",
            "Content-Type: application/json; charset=utf-8", "User-Agent: ureq/3.3.0",
        ]);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_loss_and_not_a_crash()
    {
        var gone = await ModelServer.StartAsync(ModelRule.Snapshots);
        await using var there = await ModelServer.StartAsync(ModelRule.Snapshots);
        await gone.DisposeAsync();
        var (plan, groups) = (Small with { Days = 2, Tail = 0, Soon = 0 }, GroupPlan.Of([FaultKind.Find(FaultKind.Move)!], 1));
        // Pointed at the empty server too late to bring everything.
        var result = await new Simulation(plan, groups, new Dictionary<ServerRole, IServer> { [ServerRole.Main] = gone, [ServerRole.Other] = there }, _ => { })
            .RunAsync(TestContext.Current.CancellationToken);
        result.Answers[0].ShouldBeGreaterThan(0);
        result.End.Single().OnServer.ShouldBeGreaterThan(0);
    }

    /// <summary>The kit computes digests from their description alone; the service has its own code for it.</summary>
    [Fact]
    public void The_digest_is_the_servers()
    {
        var store = new LocalStore();
        var usage = new Usage(new Random(7));
        for (var day = 1; day <= 9; day++) usage.RecordPast(store, $"2026-01-0{day}");
        store.Put("2026-01-01", store.Day("2026-01-01")!.Keys.First(), new Rollup { MessageCount = 1, CostEffective = -7e-14, CostIngested = 0.00025 });
        var envelope = EnvelopeWriter.Write(new DaemonConfig("d", "ws", "", 500), RunPlan.DefaultStart, new Chunk([.. store.Rows], []));
        var parsed = EnvelopeParser.Parse(envelope).ShouldBeOfType<ParsedEnvelope.Accepted>().Envelope;
        parsed.Days.Count.ShouldBe(9);
        foreach (var day in parsed.Days)
        {
            var text = Day.ToText(day.Day);
            LocalDigest.Of(text, store.Day(text)!).ShouldBe(day.Digest.ToString());
            store.Day(text)!.Values.Sum(row => DaySums.Of(row).CostEffective).ShouldBe(DayTotals.Of(day.Rows.Span).CostEffective);
        }
    }

    private static async Task<RunResult> RunAsync(ModelRule rule, RunPlan plan, IReadOnlyList<FaultKind> faults)
    {
        await using var server = await ModelServer.StartAsync(rule);
        return await RunAsync(server, plan, faults);
    }

    /// <summary>All but what needs the server to be restored.</summary>
    private static async Task<RunResult> RunAsync(ModelServer server, RunPlan plan, IReadOnlyList<FaultKind> faults)
    {
        await using var other = await ModelServer.StartAsync(ModelRule.Snapshots);
        var groups = GroupPlan.Of([.. faults.Where(fault => fault.Name != FaultKind.Restore)], 36);
        return await new Simulation(plan, groups, new Dictionary<ServerRole, IServer> { [ServerRole.Main] = server, [ServerRole.Other] = other }, _ => { })
            .RunAsync(TestContext.Current.CancellationToken);
    }
}

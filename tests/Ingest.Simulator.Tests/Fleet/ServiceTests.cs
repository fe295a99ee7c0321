using System.Text.Json;
using Ingest.Domain.Ledger;
using Ingest.Simulator.Faults;
using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Simulator.Tests.Fleet;

/// <summary>The service itself, in small: the simulator's own runs are longer.</summary>
public sealed class ServiceTests
{
    private static readonly RunPlan Small = new() { Days = 5, TicksPerDay = 6, ChunkSize = 60, HistoryDays = 40 };

    [Fact]
    public async Task Nothing_is_lost_and_nothing_doubled_whatever_goes_wrong()
    {
        var result = await RunAsync("", FaultKind.All);
        foreach (var group in result.End.Where(group => group.IsHealable)) group.IsWhole.ShouldBeTrue($"{group}; {string.Join("; ", group.Examples)}");
        result.SharedIds.ShouldAllBe(finding => finding.NamedAfter <= TimeSpan.FromDays(1));
        result.Reinstalls.ShouldNotBeNull().DoubledBefore.ShouldBeGreaterThan(1_000);
        result.Reinstalls.Accepted.ShouldBe(result.Reinstalls.FormerIds);
        result.Reinstalls.Passes.ShouldBeTrue(result.Reinstalls.ToString());
    }

    [Fact]
    public async Task Without_its_rules_the_service_loses_and_doubles()
    {
        var result = await RunAsync(RuleNames.Every, [.. new[] { "offline", "old-change", "rekey" }.Select(name => FaultKind.Find(name)!)]);
        result.End.Sum(group => group.Lost).ShouldBeGreaterThan(1_000);
        result.End.Sum(group => group.Doubled).ShouldBeGreaterThan(1_000);
        result.Passes.ShouldBeFalse();
    }

    [Fact]
    public void Every_rule_of_the_service_can_be_switched_off_by_its_name() => RuleNames.All.ShouldBe(
        Enum.GetValues<LedgerRules>().Where(rule => rule is not (LedgerRules.None or LedgerRules.All))
            .Select(rule => JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.ToString())));

    /// <summary>All but what needs a service to be restored.</summary>
    private static async Task<RunResult> RunAsync(string rulesOff, IReadOnlyList<FaultKind> faults)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var empty = await TestDatabase.CreateAsync();
        await using var service = await StartAsync(database, rulesOff);
        await using var other = await StartAsync(empty, rulesOff);
        using var client = new HttpClient();
        var servers = new Dictionary<ServerRole, IServer> { [ServerRole.Main] = Server(service), [ServerRole.Other] = Server(other) };
        var groups = GroupPlan.Of([.. faults.Where(fault => fault.Name != FaultKind.Restore)], 24);
        return await new Simulation(Small, groups, servers, _ => { }).RunAsync(TestContext.Current.CancellationToken);

        GivenServer Server(IngestService one) => new(one.Address, IngestService.WorkspaceId, IngestService.Key, new DevelopmentClock(client, one.Address));
    }

    private static Task<IngestService> StartAsync(TestDatabase database, string rulesOff) => IngestService.StartAsync(
        database, null, ("Development:Clock", "virtual"), ("Development:RulesOff", rulesOff),
        ("Limits:RequestsPerMinute", "0"), ("Limits:RowsPerMinute", "0"), ("Limits:DevicesPerWorkspace", "0"));
}

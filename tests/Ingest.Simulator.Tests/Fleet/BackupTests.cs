using System.Text.Json;
using Ingest.Simulator.Faults;
using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;
using Ingest.Testing.Faults;

namespace Ingest.Simulator.Tests.Fleet;

/// <summary>The loss of the machine: the service as a process with a cluster of its own, backed up and restored by its verbs.</summary>
public sealed class BackupTests
{
    private static readonly RunPlan Brief = new() { Days = 4, TicksPerDay = 4, ChunkSize = 60, HistoryDays = 20 };

    private static readonly RunPlan Full = new() { Days = 16, TicksPerDay = 8, HistoryDays = 75 };

    [Fact]
    [Fault(FaultArea.Operations, "Backup under load, the database wiped, the backup restored into a new one while every other fault goes on too", "P1 P2")]
    public async Task A_fleet_goes_on_with_a_restored_backup_and_nothing_is_lost_or_doubled()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await OwnServer.StartAsync(ServiceAssembly.Find(null), "", cancellation);
        var restore = FaultKind.Find(FaultKind.Restore)!;
        FaultKind[] others = [.. FaultKind.All.Where(fault => fault.IsHealable && fault.Name is not (FaultKind.Restore or FaultKind.Move or FaultKind.Reinstall))];
        var devices = FaultRun.Times(3, 40);
        GroupPlan[] groups = [new("restore", [restore], devices), new("all+restore", [restore, .. others], devices)];
        var servers = new Dictionary<ServerRole, IServer> { [ServerRole.Restored] = server };

        var result = await new Simulation(FaultRun.IsFull ? Full : Brief, groups, servers, _ => { }).RunAsync(cancellation);

        foreach (var group in result.End) group.IsWhole.ShouldBeTrue($"{group}; {string.Join("; ", group.Examples)}");
        using var missing = JsonDocument.Parse(await server.VerbAsync(["device", "missing", "--format", "json"], cancellation));
        missing.RootElement.GetProperty("devices").GetArrayLength().ShouldBe(0, "every device was asked for all it has, and has sent it");
        FaultRun.Report(
            $"{2 * devices} devices, {result.Plan.Days + result.Plan.Tail} days",
            $"{result.Answers.GetValueOrDefault(200)} envelopes acknowledged, {result.End.Sum(group => group.Lost)} units lost, {result.End.Sum(group => group.Doubled)} doubled");
    }
}

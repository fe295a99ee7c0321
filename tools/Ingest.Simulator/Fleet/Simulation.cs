using System.Diagnostics;
using Ingest.Simulator.Counting;
using Ingest.Simulator.Servers;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Fleet;

/// <summary>Runs a fleet against servers, step by step of the virtual clock, and measures twice.</summary>
internal sealed class Simulation(RunPlan plan, IReadOnlyList<GroupPlan> groups, IReadOnlyDictionary<ServerRole, IServer> servers, Action<Progress> report)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(5);

    public async Task<RunResult> RunAsync(CancellationToken cancellation)
    {
        using var http = new HttpWire();
        using var reader = new ServerReader();
        var fleet = new DeviceFleet(plan, groups, servers, http);
        var shared = new SharedIdWatch(plan, fleet, reader);
        var watch = Stopwatch.StartNew();
        var reported = TimeSpan.Zero;
        IReadOnlyList<GroupCount>? soon = null;
        for (var step = 0; step < plan.Steps; step++)
        {
            await KeepServersAsync(step, cancellation);
            if (step == plan.SoonStep) soon = await CountAsync(fleet, reader, step, cancellation);
            var moment = plan.At(step);
            await ActAsync(fleet.Devices, moment, cancellation);
            if (fleet.SecondMachines.Count > 0) await ActAsync(fleet.SecondMachines, moment with { Now = moment.Now + (moment.Length / 2) }, cancellation);
            await shared.LookAsync(moment, cancellation);
            if (watch.Elapsed - reported < BetweenReports) continue;
            reported = watch.Elapsed;
            report(new Progress(1 + (step / plan.TicksPerDay), plan.Days + plan.Tail, http.Answers.Values.Sum(), watch.Elapsed));
        }

        var end = await CountAsync(fleet, reader, plan.Steps, cancellation);
        if (!reader.HasCounted)
            throw new ServerException("The server has neither GET /v1/ingest/manifest nor GET /v1/ingest/rows: what it counts cannot be known.");
        var reinstalls = await new ReinstallCheck(fleet.Devices, reader).RunAsync(cancellation);
        HashSet<string> whole = [.. end.Where(group => group.IsHealable && group.IsWhole).Select(group => group.Name)];
        var usage = await new UsageCheck(reader).RunAsync(fleet.Groups.Where(group => whole.Contains(group.Name)).SelectMany(group => group.Devices), cancellation);
        return new RunResult(plan, soon ?? end, end, shared.Find(), reinstalls, usage, http.Answers.ToDictionary(), watch.Elapsed);
    }

    /// <summary>Before a step's clock is set: a restored server starts with the real time until it is told.</summary>
    private async Task KeepServersAsync(int step, CancellationToken cancellation)
    {
        if (servers.GetValueOrDefault(ServerRole.Restored)?.Backup is not { } backup) return;
        if (step == plan.BackupStep) await backup.TakeAsync(cancellation);
        if (step == plan.RestoreStep) await backup.RestoreAsync(cancellation);
    }

    private async Task ActAsync(IReadOnlyList<SimulatedDevice> devices, Moment moment, CancellationToken cancellation)
    {
        foreach (var server in servers.Values) await server.Clock.SetAsync(moment.Now, cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = plan.InFlight, CancellationToken = cancellation };
        await Parallel.ForEachAsync(devices, options, async (device, stop) => await device.StepAsync(moment, stop));
    }

    private async Task<IReadOnlyList<GroupCount>> CountAsync(DeviceFleet fleet, ServerReader reader, int step, CancellationToken cancellation)
    {
        var counts = new List<GroupCount>();
        foreach (var group in fleet.Groups)
        {
            var devices = new DeviceCount[group.Devices.Count];
            var options = new ParallelOptions { MaxDegreeOfParallelism = plan.InFlight, CancellationToken = cancellation };
            await Parallel.ForAsync(0, devices.Length, options, async (at, stop) => devices[at] = await Comparison.CountAsync(group.Devices[at], reader, stop));
            counts.Add(GroupCount.Of(group, devices, step / (double)plan.TicksPerDay));
        }

        return counts;
    }
}

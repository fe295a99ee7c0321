using Ingest.Simulator.Fleet;
using Ingest.Simulator.Reports;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator;

/// <summary>Brings servers and fleets together as the command line asked, and says what came of it.</summary>
internal sealed class SimulatorRun(TextWriter output, TextWriter error, TimeProvider time)
{
    public async Task<int> RunAsync(SimulatorOptions options, CancellationToken cancellation)
    {
        if (options.Ablate) return await AblateAsync(options, cancellation);

        var groups = GroupPlan.Of(options.Faults, options.Devices, options.Mixed);
        var result = options.Server is { } given
            ? await GivenAsync(options, given, groups, cancellation)
            : await OwnAsync(options, groups, options.RulesOff, cancellation);
        await output.WriteAsync(options.Json ? ReportJson.Of(result) + "\n" : RunText.Of(result));
        return result.Passes ? SimulatorCommand.Whole : SimulatorCommand.NotWhole;
    }

    /// <summary>
    /// Succeeds when the first run is whole; what the others lose is for the reader. With <c>--rules-off</c> those rules are off in all of them: without
    /// look-backs one sees what each other rule heals, and they would heal a day later.
    /// </summary>
    private async Task<int> AblateAsync(SimulatorOptions options, CancellationToken cancellation)
    {
        if (options.Server is not null) throw new UsageException("--ablate switches rules of the own service off; it cannot be had with --server.");
        var groups = GroupPlan.Of(options.Faults, options.Devices, options.Mixed);
        var runs = new List<AblationRun>();
        foreach (var (name, off) in RuleNames.All.Select(rule => (rule, rule)).Prepend(("none", "")).Append(("all", RuleNames.Every)))
        {
            await error.WriteLineAsync($"rules off: {name}");
            var found = await OwnAsync(options, groups, string.Join(',', new[] { options.RulesOff, off }.Where(names => names.Length > 0)), cancellation);
            runs.Add(new AblationRun(name, found));
            var apart = found.End.Where(group => group.IsHealable && !group.IsWhole).Select(group => $"{group.Name} -{group.Lost} +{group.Doubled}");
            await error.WriteLineAsync($"rules off: {name}: {string.Join(", ", apart.DefaultIfEmpty("nothing lost, nothing doubled"))}");
        }

        var result = new AblationResult(runs);
        await output.WriteAsync(options.Json ? ReportJson.Of(result) + "\n" : AblationText.Of(result));
        return runs[0].Result.Passes ? SimulatorCommand.Whole : SimulatorCommand.NotWhole;
    }

    private async Task<RunResult> OwnAsync(SimulatorOptions options, IReadOnlyList<GroupPlan> groups, string rulesOff, CancellationToken cancellation)
    {
        var roles = groups.Select(group => group.Role).Concat(groups.Where(group => group.NeedsOther).Select(_ => ServerRole.Other)).Distinct();
        await using var set = await ServerSet.OwnAsync(ServiceAssembly.Find(options.Service), roles, rulesOff, cancellation);
        return await new Simulation(options.Plan, groups, set.Servers, Report).RunAsync(cancellation);
    }

    private async Task<RunResult> GivenAsync(SimulatorOptions options, GivenAddress given, IReadOnlyList<GroupPlan> groups, CancellationToken cancellation)
    {
        using var client = new HttpClient();
        var servers = new Dictionary<ServerRole, IServer> { [ServerRole.Main] = Server(given) };
        if (options.Second is { } second) servers[ServerRole.Other] = Server(second);

        List<GroupPlan> possible = [.. groups.Where(group => servers.ContainsKey(group.Role) && (!group.NeedsOther || servers.ContainsKey(ServerRole.Other)))];
        foreach (var left in groups.Except(possible))
        {
            var need = left.Role == ServerRole.Restored ? "a server that can be restored (--own)" : "--second-server";
            await error.WriteLineAsync($"left out: {left.Name}, which needs {need}");
        }

        if (!options.VirtualClock)
        {
            await error.WriteLineAsync(
                "without --virtual-clock the run ends at the server's now, and what a server does once a day or week it cannot do for this fleet");
        }

        var plan = options.VirtualClock ? options.Plan : options.Plan with { Start = time.GetUtcNow() - (options.Plan.Steps * options.Plan.Tick) };
        return await new Simulation(plan, possible, servers, Report).RunAsync(cancellation);

        IServer Server(GivenAddress one) =>
            new GivenServer(one.Address, one.WorkspaceId, one.Key, options.VirtualClock ? new DevelopmentClock(client, one.Address) : new RealClock());
    }

    private void Report(Progress progress)
    {
        var rate = progress.Requests / double.Max(1, progress.Elapsed.TotalSeconds);
        error.WriteLine($"day {progress.Day} of {progress.Days} · {RunText.Number(progress.Requests)} requests · {rate:0}/s");
    }
}

using Ingest.Bench.Cluster;
using Ingest.Bench.Load;
using Ingest.Bench.Measuring;
using Ingest.Bench.Reports;
using Ingest.Bench.Scenarios;

namespace Ingest.Bench;

/// <summary>Starts what is measured, runs the scenarios in alternation, and says what came of it.</summary>
internal sealed class BenchRun(TextWriter output, TextWriter error)
{
    public async Task<int> RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var plan = new BenchPlan(options);
        var fleet = new Fleet(options.Devices, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        await using var cluster = await BenchCluster.StartAsync(cancellation);
        var report = new Report(await Machine.LookAsync(cluster, cancellation), options);
        await error.WriteLineAsync($"{report.Machine}");
        await using (var first = await PrepareAsync(options, cluster, fleet, options.Rows[0], cancellation))
        {
            await AlternateAsync(report, Part.Load, plan.Loads, [first], cancellation);
            if (plan.IsScalingOut)
            {
                await first.AddServiceAsync(cancellation);
                await AlternateAsync(report, Part.ScaleOut, plan.Instances, [first], cancellation);
                await first.RemoveServiceAsync();
            }

            if (plan.IsGrowing) await GrowAsync(report, plan, cluster, first, cancellation);
        }

        await output.WriteAsync(ReportText.Of(report));
        if (options.Json is { } file) await File.WriteAllTextAsync(file, ReportJson.Of(report) + "\n", cancellation);
        return report.IsAsExpected ? BenchCommand.AsExpected : BenchCommand.NotAsExpected;
    }

    private async Task GrowAsync(Report report, BenchPlan plan, BenchCluster cluster, Stage first, CancellationToken cancellation)
    {
        var stages = new List<Stage> { first };
        try
        {
            foreach (var rows in report.Options.Rows.Skip(1)) stages.Add(await PrepareAsync(report.Options, cluster, first.Fleet, rows, cancellation));
            await AlternateAsync(report, Part.Growth, plan.AtEverySize, stages, cancellation);
        }
        finally
        {
            foreach (var stage in stages.Skip(1)) await stage.DisposeAsync();
        }
    }

    private async Task<Stage> PrepareAsync(BenchOptions options, BenchCluster cluster, Fleet fleet, long rows, CancellationToken cancellation)
    {
        await error.WriteLineAsync($"making a database of {fleet.Devices.Count} devices and {rows} stored rollups");
        return await Stage.PrepareAsync(options, cluster, fleet, rows, cancellation);
    }

    private async Task AlternateAsync(Report report, Part part, IReadOnlyList<Scenario> scenarios, IReadOnlyList<Stage> stages, CancellationToken cancellation)
    {
        for (var number = 1; number <= report.Options.Rounds; number++)
        {
            var rounds = stages.ToDictionary(stage => stage, _ => new Round());
            foreach (var scenario in scenarios)
            {
                foreach (var stage in stages)
                {
                    var figures = await scenario.RunAsync(stage, rounds[stage], report.Options.CountsRows && number == report.Options.Rounds, cancellation);
                    rounds[stage].Add(scenario, figures);
                    var shown = report.Add(part, scenario, stage.Rows, figures);
                    await error.WriteLineAsync(ReportText.Line(new ScenarioLine(number, scenario.Name, stage.Rows, shown)));
                }
            }
        }
    }
}

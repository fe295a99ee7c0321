using Ingest.Bench.Load;
using Ingest.Bench.Measuring;

namespace Ingest.Bench.Scenarios;

/// <summary>One alternation: what its scenarios have shown so far.</summary>
internal sealed class Round
{
    private readonly Dictionary<string, Figures> _shown = [];

    public void Add(Scenario scenario, Figures figures) => _shown[scenario.Name] = figures;

    /// <summary>Changed envelopes a second that the service can take at this moment; measured now where the round has not.</summary>
    public async Task<double> MaximumAsync(Stage stage, CancellationToken cancellation)
    {
        if (_shown.TryGetValue(ScenarioNames.Changed, out var changed)) return changed.PerSecond;
        using var generator = new LoadGenerator(stage.Addresses, stage.Connections);
        return (await generator.RunAsync(Workloads.Changed(stage.Fleet), new Pace.For(stage.Duration), cancellation)).PerSecond;
    }
}

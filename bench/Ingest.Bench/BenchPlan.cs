using Ingest.Bench.Scenarios;

namespace Ingest.Bench;

/// <summary>The scenarios there are, and those that were asked for.</summary>
internal sealed class BenchPlan
{
    public const string Growth = "growth";
    public const string ScaleOut = "scale-out";

    private static readonly Scenario[] All =
    [
        new FloorScenario(ScenarioNames.Floor, isOneStatement: false),
        new FloorScenario("floor-single", isOneStatement: true),
        new LoadScenario(ScenarioNames.Changed, Workloads.Changed, writes: true),
        new LoadScenario(ScenarioNames.Idle, Workloads.Changed, writes: true, connections: 1),
        new HalfScenario(),
        new OverloadScenario(),
        new RecoveryScenario(),
        new LoadScenario(ScenarioNames.Steady, Workloads.Steady, writes: true),
        new LoadScenario("steady-few", Workloads.SteadyFew, writes: true),
        new LoadScenario(ScenarioNames.Resend, Workloads.Resend, writes: true),
        new LoadScenario("mixed", Workloads.Mixed, writes: true),
        new LoadScenario(ScenarioNames.Status, Workloads.Status, writes: false),
        new LoadScenario(ScenarioNames.Manifest, Workloads.Manifest, writes: false),
        new LoadScenario(ScenarioNames.Usage, Workloads.Usage, writes: false),
        new LoadScenario(ScenarioNames.WhoAmI, Workloads.WhoAmI, writes: false),
        new BackfillScenario(),

        // Last: its answers are large, and a service does not give back at once what they took.
        new LoadScenario(ScenarioNames.UsageMonth, Workloads.UsageMonth, writes: false),
    ];

    private static readonly string[] Growing =
    [
        ScenarioNames.Changed, ScenarioNames.Status, ScenarioNames.Manifest, ScenarioNames.Usage, ScenarioNames.UsageMonth, ScenarioNames.WhoAmI,
    ];

    private readonly IReadOnlyList<string> _only;

    /// <exception cref="BenchException">There is no such scenario.</exception>
    public BenchPlan(BenchOptions options)
    {
        _only = options.Only;
        var names = All.Select(scenario => scenario.Name).Append(Growth).Append(ScaleOut).ToList();
        if (_only.FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw new BenchException($"There is no scenario \"{unknown}\", only {string.Join(", ", names)}.");
        IsGrowing = IsAsked(Growth) && options.Rows.Count > 1;
    }

    public IReadOnlyList<Scenario> Loads => [.. All.Where(scenario => IsAsked(scenario.Name))];

    /// <summary>Whether to look at all sizes.</summary>
    public bool IsGrowing { get; }

    public IReadOnlyList<Scenario> AtEverySize { get; } = [.. All.Where(scenario => Growing.Contains(scenario.Name, StringComparer.Ordinal))];

    public bool IsScalingOut => IsAsked(ScaleOut);

    public IReadOnlyList<Scenario> Instances { get; } =
        [new InstancesScenario(ScenarioNames.OneInstance, 1), new InstancesScenario(ScenarioNames.TwoInstances, 2)];

    private bool IsAsked(string name) => _only.Count == 0 || _only.Contains(name, StringComparer.Ordinal);
}

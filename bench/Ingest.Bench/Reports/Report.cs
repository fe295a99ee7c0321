using Ingest.Bench.Measuring;
using Ingest.Bench.Scenarios;

namespace Ingest.Bench.Reports;

/// <summary>Everything a run has shown.</summary>
internal sealed class Report(Machine machine, BenchOptions options)
{
    private readonly List<ScenarioResult> _results = [];

    public Machine Machine => machine;

    public BenchOptions Options => options;

    public IReadOnlyList<ScenarioResult> Results => _results;

    public bool IsAsExpected => _results.All(result => result.Rounds.All(round => round.Complaint is null));

    /// <summary>Of a run of some scenarios only what they tell; of a quick one nothing.</summary>
    public IReadOnlyList<Requirement> Requirements =>
        options.IsQuick ? [] : [.. Required().Where(requirement => options.Only.Count == 0 || requirement.Measured is not null)];

    public Shown Add(Part part, Scenario scenario, long rows, Figures figures)
    {
        var shown = Shown.Of(figures, scenario.Complaint(figures));
        var result = Find(part, scenario.Name, rows);
        if (result is null) _results.Add(result = new ScenarioResult(part, scenario.Name, rows, []));
        result.Rounds.Add(shown);
        return shown;
    }

    /// <summary>What a scenario is set against in the table, and how that is called.</summary>
    public (string Name, Spread Ratio)? RatioOf(ScenarioResult result)
    {
        var (name, other) = result.Part switch
        {
            Part.Load => ("floor", Find(Part.Load, ScenarioNames.Floor, result.Rows)),
            Part.Growth => ($"{options.Rows[0]} rows", Find(Part.Growth, result.Name, options.Rows[0])),
            _ => ("one instance", Find(Part.ScaleOut, ScenarioNames.OneInstance, result.Rows)),
        };
        if (other is null || other == result) return null;
        return result.RatioTo(other, Rate, Rate) is { } ratio ? (name, ratio) : null;
    }

    private IEnumerable<Requirement> Required()
    {
        var first = options.Rows[0];
        yield return AtLeast("`changed` to `floor`, envelopes/s", 1.0, Ratio(Load(ScenarioNames.Changed), Load(ScenarioNames.Floor), Rate));
        yield return AtLeast("`resend` to `changed`, envelopes/s", 3.0, Ratio(Load(ScenarioNames.Resend), Load(ScenarioNames.Changed), Rate));
        yield return AtMost("`resend`: rows written in data and ledger, an envelope", 0, Load(ScenarioNames.Resend)?.Over(Written));
        yield return AtMost("`resend`: dead rows in data tables, an envelope", 0, Load(ScenarioNames.Resend)?.Over(shown => shown.RowsDead));
        yield return AtMost("`resend`: WAL bytes without full-page images, an envelope", 100, Load(ScenarioNames.Resend)?.Over(shown => shown.WalBytes));
        yield return AtLeast("`steady` to `changed`, envelopes/s", 1.5, Ratio(Load(ScenarioNames.Steady), Load(ScenarioNames.Changed), Rate));
        yield return AtLeast("`status` to `changed`, requests/s", 2.0, Ratio(Load(ScenarioNames.Status), Load(ScenarioNames.Changed), Rate));
        yield return AtMost(
            "p99 of `half` to p50 of `idle`", 10, Load(ScenarioNames.Half) is { } half && Load(ScenarioNames.Idle) is { } idle
                ? half.RatioTo(idle, shown => shown.P99Ms, shown => shown.P50Ms) : null);
        yield return AtLeast("`recovery` to `changed`, envelopes/s", 0.9, Ratio(Load(ScenarioNames.Recovery), Load(ScenarioNames.Changed), Rate));
        foreach (var rows in options.Rows.Skip(1))
        {
            yield return AtLeast($"`changed` at {rows} rows to {first}, envelopes/s", 0.8, Grown(ScenarioNames.Changed, rows));
            foreach (var name in new[] { ScenarioNames.Status, ScenarioNames.WhoAmI, ScenarioNames.Manifest })
                yield return AtLeast($"`{name}` at {rows} rows to {first}, requests/s", 1 / 1.3, Grown(name, rows));
        }

        yield return AtLeast(
            "`two-instances` to `one-instance`, envelopes/s", 1.0, Ratio(ScaleOut(ScenarioNames.TwoInstances), ScaleOut(ScenarioNames.OneInstance), Rate));
        yield return AtMost("most memory of a service in any run, MB", 200, Spread.Of(
            [_results.SelectMany(result => result.Rounds).Max(shown => shown.PeakMemoryBytes) / 1e6]));

        ScenarioResult? Load(string name) => Find(Part.Load, name, first);
        ScenarioResult? ScaleOut(string name) => Find(Part.ScaleOut, name, first);
        Spread? Grown(string name, long rows) => Ratio(Find(Part.Growth, name, rows), Find(Part.Growth, name, first), Rate);
    }

    private ScenarioResult? Find(Part part, string name, long rows) =>
        _results.Find(result => result.Part == part && result.Name == name && result.Rows == rows);

    private static double? Rate(Shown shown) => shown.PerSecond;

    private static double? Written(Shown shown) => shown.RowsInserted + shown.RowsUpdated + shown.LedgerRowsWritten;

    private static Spread? Ratio(ScenarioResult? mine, ScenarioResult? other, Func<Shown, double?> figure) =>
        mine is null || other is null ? null : mine.RatioTo(other, figure, figure);

    private static Requirement AtLeast(string text, double bound, Spread? measured) => new(text, IsAtLeast: true, bound, measured);

    private static Requirement AtMost(string text, double bound, Spread? measured) => new(text, IsAtLeast: false, bound, measured);
}

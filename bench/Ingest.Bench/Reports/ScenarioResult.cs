namespace Ingest.Bench.Reports;

/// <summary>One scenario at one size, round for round.</summary>
internal sealed record ScenarioResult(Part Part, string Name, long Rows, List<Shown> Rounds)
{
    public Spread? Over(Func<Shown, double?> figure) => Spread.Of(Rounds.Select(figure));

    /// <summary>Round by round, so that what the machine does otherwise from minute to minute is in both.</summary>
    public Spread? RatioTo(ScenarioResult other, Func<Shown, double?> mine, Func<Shown, double?> theirs) =>
        Spread.Of(Rounds.Zip(other.Rounds, (a, b) => mine(a) / theirs(b)));
}

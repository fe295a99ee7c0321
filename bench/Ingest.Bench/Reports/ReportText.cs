using System.Globalization;
using System.Text;

namespace Ingest.Bench.Reports;

/// <summary>A report as Markdown. Figures are medians over the rounds, with the least and the most where they are compared.</summary>
internal static class ReportText
{
    private static readonly string[] Head =
    [
        "scenario", "rows", "requests/s", "ratio", "p50 ms", "p99 ms", "p99.9 ms", "WAL B", "images B", "inserted / updated / HOT / dead rows",
        "µs service / Postgres / generator", "peak MB", "answers",
    ];

    public static string Of(Report report)
    {
        var text = new StringBuilder();
        text.AppendLine($"Machine: {report.Machine}.");
        text.AppendLine(
            $"{report.Options.Rounds} rounds of {report.Options.Duration.TotalSeconds:0.#} s, {report.Options.Devices} devices, {report.Options.Connections} connections. "
            + "Medians, and (least to most) of the rounds; WAL, rows and processor time are for one request.");
        foreach (var part in report.Results.GroupBy(result => result.Part))
        {
            text.AppendLine().AppendLine($"### {Title(part.Key)}").AppendLine();
            AppendRow(text, Head);
            AppendRow(text, Head.Select((_, column) => column == 0 ? "---" : "---:"));
            foreach (var result in part) AppendRow(text, Cells(report, result));
        }

        if (report.Requirements is { Count: > 0 } requirements)
        {
            text.AppendLine().AppendLine("### What must be shown").AppendLine();
            AppendRow(text, ["ratio or figure", "bound", "measured", ""]);
            AppendRow(text, ["---", "---:", "---:", "---"]);
            foreach (var one in requirements)
            {
                AppendRow(text, [
                    one.Text, $"{(one.IsAtLeast ? "≥" : "≤")} {Number(one.Bound)}", one.Measured is null ? "not measured" : WithSpread(one.Measured),
                    one.IsMet switch { true => "met", false => "**missed**", null => "" },
                ]);
            }
        }

        foreach (var result in report.Results)
        {
            foreach (var complaint in result.Rounds.Select(round => round.Complaint).OfType<string>().Distinct(StringComparer.Ordinal))
                text.AppendLine().AppendLine($"**{result.Name}** at {result.Rows} rows did not go as it should: {complaint}");
        }

        return text.ToString();
    }

    /// <summary>One run, for those who wait.</summary>
    public static string Line(ScenarioLine line) => string.Create(
        CultureInfo.InvariantCulture,
        $"round {line.Round}  {line.Name,-14} {line.Rows,10} rows  {line.Shown.PerSecond,8:0}/s  p50 {Number(line.Shown.P50Ms)} ms  p99 {Number(line.Shown.P99Ms)} ms  "
        + $"µs {Costs(line.Shown.ServiceMicroseconds, line.Shown.PostgresMicroseconds, line.Shown.GeneratorMicroseconds)}  {Answers(line.Shown)}{line.Shown.Complaint}");

    private static string Title(Part part) => part switch
    {
        Part.Load => "Load",
        Part.Growth => "Growth",
        _ => "Scale-out",
    };

    private static IEnumerable<string> Cells(Report report, ScenarioResult result) =>
    [
        result.Name,
        result.Rows.ToString("N0", CultureInfo.InvariantCulture),
        WithSpread(result.Over(shown => shown.PerSecond)!),
        report.RatioOf(result) is { } ratio ? $"{WithSpread(ratio.Ratio)} × {ratio.Name}" : "",
        Median(result, shown => shown.P50Ms),
        Median(result, shown => shown.P99Ms),
        Median(result, shown => shown.P999Ms),
        Median(result, shown => shown.WalBytes),
        Median(result, shown => shown.WalImageBytes),
        result.Over(shown => shown.RowsUpdated) is null ? "" : string.Join(
            " / ",
            Median(result, shown => shown.RowsInserted),
            Median(result, shown => shown.RowsUpdated),
            Median(result, shown => shown.RowsHotUpdated),
            Median(result, shown => shown.RowsDead)),
        Costs(
            result.Over(shown => shown.ServiceMicroseconds)?.Median,
            result.Over(shown => shown.PostgresMicroseconds)?.Median,
            result.Over(shown => shown.GeneratorMicroseconds)?.Median),
        Number(result.Over(shown => shown.PeakMemoryBytes / 1e6)?.Most),
        Answers([.. result.Rounds]),
    ];

    private static string Costs(double? service, double? postgres, double? generator) => $"{Number(service)} / {Number(postgres)} / {Number(generator)}";

    private static string Answers(params Shown[] rounds)
    {
        var answers = rounds.SelectMany(shown => shown.Answers ?? new Dictionary<string, int>(StringComparer.Ordinal)).GroupBy(one => one.Key, StringComparer.Ordinal)
            .Select(status => $"{status.Sum(one => one.Value)} × {(status.Key == "0" ? "none" : status.Key)}").ToList();
        var unsent = rounds.Sum(shown => shown.Unsent);
        if (unsent > 0) answers.Add($"{unsent} unsent");
        return string.Join(", ", answers);
    }

    private static string Median(ScenarioResult result, Func<Shown, double?> figure) => Number(result.Over(figure)?.Median);

    private static string WithSpread(Spread spread) =>
        spread.Least == spread.Most ? Number(spread.Median) : $"{Number(spread.Median)} ({Number(spread.Least)} to {Number(spread.Most)})";

    private static string Number(double? value) => value switch
    {
        null => "–",
        >= 100 or <= -100 => value.Value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 or <= -10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
}

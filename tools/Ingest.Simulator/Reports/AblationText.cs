using System.Globalization;
using System.Text;
using Ingest.Simulator.Counting;

namespace Ingest.Simulator.Reports;

/// <summary>Rule by fault: what is lost and doubled without the rule.</summary>
internal static class AblationText
{
    public static string Of(AblationResult result)
    {
        var plan = result.Runs[0].Result.Plan;
        var text = new StringBuilder();
        text.Append($"seed {plan.Seed}: {plan.Days} days with faults, {plan.Tail} quiet ones, {plan.TicksPerDay} ticks a day, chunks of {plan.ChunkSize}\n");
        text.Append($"\nUnits lost or doubled {plan.Soon} quiet day{(plan.Soon == 1 ? "" : "s")} after the last fault, by the rule that is off:\n\n");
        text.Append(Table(result, run => run.Result.Soon, group => Short(group.Lost, group.Doubled)));
        text.Append($"\n\nThe same after {plan.Tail} quiet days:\n\n");
        text.Append(Table(result, run => run.Result.End, group => Short(group.Lost, group.Doubled)));
        text.Append("\n\nRows sent per device and day:\n\n");
        text.Append(Table(result, run => run.Result.End, group => group.RowsSentPerDeviceDay.ToString("0", CultureInfo.InvariantCulture)));
        text.Append("\n\n−n is lost, +n doubled. ");
        foreach (var run in result.Runs.Where(run => run.Result.SharedIds.Any(finding => !finding.Passes)))
        {
            var isNamed = run.Result.SharedIds.All(finding => finding.NamedAfter is not null);
            text.Append($"\nWith {run.RulesOff} off a shared id is {(isNamed ? "named late, or floods the server" : "not named")}.");
        }

        return text.Append('\n').ToString();
    }

    private static string Table(AblationResult result, Func<AblationRun, IReadOnlyList<GroupCount>> measured, Func<GroupCount, string> cell)
    {
        string[] head = ["RULE OFF", .. measured(result.Runs[0]).Select(group => group.Name)];
        return TextTable.Of(head, result.Runs.Select(run => (IReadOnlyList<string>)[run.RulesOff, .. measured(run).Select(cell)]));
    }

    private static string Short(long lost, long doubled) => (lost, doubled) switch
    {
        (0, 0) => "·",
        (_, 0) => "-" + Short(lost),
        (0, _) => "+" + Short(doubled),
        _ => $"-{Short(lost)}+{Short(doubled)}",
    };

    private static string Short(long value) => value switch
    {
        < 1_000 => value.ToString(CultureInfo.InvariantCulture),
        < 1_000_000 => $"{value / 1_000}k",
        _ => $"{value / 1_000_000}M",
    };
}

using System.Globalization;
using System.Text;
using Ingest.Simulator.Counting;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Reports;

/// <summary>A run for people.</summary>
internal static class RunText
{
    private static readonly string[] Head =
    [
        "FAULT", "DEVICES", "ON DEVICES", "ON SERVER", "LOST", "DOUBLED", "COST OFF", "DIGESTS OFF",
        "SENT/DAY", "AGAIN/DAY", "CHANGED/DAY", "REQUESTS", "VERDICT",
    ];

    public static string Of(RunResult result)
    {
        var plan = result.Plan;
        var text = new StringBuilder();
        text.Append($"seed {plan.Seed}: {plan.Days} days with faults, {plan.Tail} quiet ones, {plan.TicksPerDay} ticks a day, chunks of {plan.ChunkSize}; ");
        text.Append($"{Number(result.Answers.Values.Sum())} requests in {result.Elapsed.TotalSeconds:0} s, answers {Answers(result.Answers)}\n\n");
        text.Append("Units are messages and tokens, costs are in cents; rows are those sent per device and virtual day.\n\n");
        text.Append(TextTable.Of(Head, result.End.Select(Line))).Append('\n');
        foreach (var group in result.End.Where(group => group.IsHealable && !group.IsWhole))
        {
            text.Append($"\n{group.Name}:");
            if (group.Stopped > 0) text.Append($" {group.Stopped} devices were told 401 and stopped.");
            if (group.TooOld > 0) text.Append($" {group.TooOld} devices were told that a schema version is too old.");
            foreach (var example in group.Examples) text.Append($"\n  {example}");
            text.Append('\n');
        }

        foreach (var finding in result.SharedIds) text.Append('\n').Append(Of(finding)).Append('\n');
        if (result.Reinstalls is { } reinstalls) text.Append('\n').Append(Of(reinstalls)).Append('\n');
        if (result.Usage is { } usage) text.Append('\n').Append(Of(usage)).Append('\n');
        text.Append(result.Passes ? "\nNothing lost, nothing doubled.\n" : "\nFAILED\n");
        return text.ToString();
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    private static string Of(SharedIdFinding finding)
    {
        var named = finding.NamedAfter is { } after ? $"named in status after {after.TotalHours:0.#} h" : "never named in status";
        var verdict = finding.Passes ? "ok" : "FAILED: within 24 h, and bounded";
        return $"shared id {finding.DeviceId}: {named}; each machine sent {finding.RowsPerDay:0} rows a day (bound {finding.RowsBound:0}): {verdict}";
    }

    private static string Of(ReinstallFinding finding)
    {
        var text = $"reinstalled: {Number(finding.Devices)} devices with {Number(finding.FormerIds)} former ids, {Number(finding.DoubledBefore)} units counted too much";
        if (!finding.IsOffered) return text + "; this server proposes nothing";
        var wrong = finding.WronglyProposed == 0 ? "" : $", {Number(finding.WronglyProposed)} proposed wrongly";
        var cents = ((decimal)finding.CostApart / MoneyUnits.PerCent).ToString("0.####", CultureInfo.InvariantCulture);
        return $"{text}; {Number(finding.Accepted)} proposals accepted{wrong}, and then {Number(finding.Lost)} lost, {Number(finding.Doubled)} doubled, {cents} cents off: {(finding.Passes ? "ok" : "FAILED")}";
    }

    private static string Of(UsageFinding finding) =>
        $"usage: {Number(finding.Sums)} sums of {Number(finding.Devices)} devices by day, device, provider, model, repo, branch, ticket, surface and role, {Number(finding.Apart)} apart: "
        + (finding.Passes ? "ok" : "FAILED\n  " + string.Join("\n  ", finding.Examples));

    private static string[] Line(GroupCount group) =>
    [
        group.Name, Number(group.Devices), Number(group.OnDevices), Number(group.OnServer), Number(group.Lost), Number(group.Doubled),
        group.CostApartCents.ToString("0.####", CultureInfo.InvariantCulture), Number(group.DigestsApart),
        group.RowsSentPerDeviceDay.ToString("0", CultureInfo.InvariantCulture), group.RowsSentAgainPerDeviceDay.ToString("0", CultureInfo.InvariantCulture),
        group.RowsChangedPerDeviceDay.ToString("0.0", CultureInfo.InvariantCulture), Number(group.Requests),
        group.IsHealable ? (group.IsWhole ? "ok" : "FAILED") : "not healable",
    ];

    private static string Answers(IReadOnlyDictionary<int, long> answers) =>
        string.Join(", ", answers.OrderBy(one => one.Key).Select(one => $"{(one.Key == 0 ? "none" : one.Key)} × {Number(one.Value)}"));
}

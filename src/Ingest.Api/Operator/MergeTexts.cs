using System.Globalization;
using System.Text;
using Ingest.Api.Merging;
using Ingest.Api.Queries;
using Ingest.Domain.Merging;

namespace Ingest.Api.Operator;

/// <summary>What the verbs for one device with two ids say to people.</summary>
internal static class MergeTexts
{
    public static string Of(DuplicateList list)
    {
        if (list.Workspaces.Count == 0) return "No two devices of one person look like one.";
        var named = list.Workspaces.SelectMany(workspace => workspace.Candidates.Select(pair => (workspace.WorkspaceId, Pair: pair))).ToList();
        var text = new StringBuilder(OperatorTexts.Table(
            ["FORMER ID", "LAST CONTACT", "ID NOW", "LAST CONTACT", "PERSON", "WORKSPACE", "EQUAL DAYS", "OTHER DAYS", "SESSIONS"],
            named.Select(one => new[]
            {
                one.Pair.Device.DeviceId, OperatorTexts.Instant(one.Pair.Device.LastContactAt), one.Pair.Into.DeviceId, OperatorTexts.Instant(one.Pair.Into.LastContactAt),
                one.Pair.Device.OwnerName, one.WorkspaceId, Number(one.Pair.EqualDays), Number(one.Pair.DifferentDays), Number(one.Pair.SharedSessions),
            })));
        if (list.Workspaces.Sum(workspace => workspace.Count) - named.Count is > 0 and var more) text.Append(CultureInfo.InvariantCulture, $"\nand {more} more.");
        var (_, first) = named[0];
        return text.Append(
            CultureInfo.InvariantCulture,
            $"""


            Both count until you decide. What merging the first would do: ingest device merge {first.Device.DeviceId} --into {first.Into.DeviceId} --as continue
            If they are two machines: ingest device distinct {first.Device.DeviceId} {first.Into.DeviceId}
            """).ToString();
    }

    public static string Of(MergeOutcome outcome)
    {
        var merge = outcome.Merge;
        var what = merge.As == MergeKind.Continue.WireName() ? "continues as" : "is superseded by";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{merge.DeviceId} {what} {merge.Into}{(outcome.Merged ? "" : ", if you decide so")}.\n\n");
        Append(text, merge.Group, merge.Workspace, outcome.WorkspaceId);
        text.Append(CultureInfo.InvariantCulture, $"{(merge.SharedDayCount == 1 ? "One day stands" : $"{merge.SharedDayCount} days stand")} under both.");
        foreach (var source in merge.SharedDays.CountBy(day => day.TakenFrom ?? "").OrderBy(source => source.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"\n    {source.Value} {(source.Key.Length == 0 ? "are not counted at all" : $"counted from {source.Key}")}");
        return text.Append(outcome.Merged ? $"\n\nTo undo it: ingest device unmerge {merge.DeviceId}" : "\n\nNothing is changed. To do it, say the same with --yes.").ToString();
    }

    public static string Of(UnmergeOutcome outcome)
    {
        var text = new StringBuilder($"{outcome.Undone.DeviceId} is a device of its own again, and no longer part of {outcome.Undone.Into}.\n\n");
        Append(text, outcome.Undone.Group, outcome.Undone.Workspace, outcome.WorkspaceId);
        return text.ToString().TrimEnd();
    }

    public static string Of(DistinctOutcome outcome) => (outcome.Devices.Distinct, outcome.Devices.Changed) switch
    {
        (true, true) => $"{outcome.Devices.DeviceId} and {outcome.Devices.OtherDeviceId} are two devices: nobody proposes otherwise any more.",
        (true, false) => $"{outcome.Devices.DeviceId} and {outcome.Devices.OtherDeviceId} were two devices already.",
        _ => $"{outcome.Devices.DeviceId} and {outcome.Devices.OtherDeviceId} may be one device: they are proposed as long as they hold the same.",
    };

    private static void Append(StringBuilder text, SumsChangeAnswer group, SumsChangeAnswer workspace, string workspaceId) => text.Append(OperatorTexts.Table(
        ["", "MESSAGES BEFORE", "AFTER", "CENTS BEFORE", "AFTER"], [Line("these ids", group), Line(workspaceId, workspace)])).Append("\n\n");

    private static string[] Line(string name, SumsChangeAnswer change) =>
        [name, Number(change.Before.MessageCount), Number(change.After.MessageCount), Cents(change.Before), Cents(change.After)];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Cents(SumsAnswer sums) => sums.CostCentsEffective.ToString("0.####", CultureInfo.InvariantCulture);
}

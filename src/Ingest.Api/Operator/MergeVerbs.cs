using System.CommandLine;
using Ingest.Api.Merging;
using Ingest.Domain.Identity;
using Ingest.Domain.Merging;

namespace Ingest.Api.Operator;

/// <summary>The verbs for one device with two ids.</summary>
internal sealed class MergeVerbs(VerbRunner verbs)
{
    public IEnumerable<Command> Build() => [Duplicates(), Merge(), Unmerge(), Distinct()];

    private static Option<string?> Workspace() => new("--workspace") { Description = "The devices' workspace, where an id stands in several." };

    private Command Duplicates()
    {
        var only = new Option<string?>("--workspace") { Description = "Only devices of this workspace." };
        var command = new Command("duplicates", "Show devices of one person that may be one under two ids. It changes nothing.") { only };
        verbs.Set(
            command,
            async (parse, session, cancellation) =>
            {
                var reports = await session.Database.Duplicates.ReadAsOperatorAsync(parse.GetValue(only), MergeLimits.Candidates, cancellation);
                return new DuplicateList([.. reports.Select(WorkspaceDuplicates.Of)]);
            },
            VerbRunner.Json.DuplicateList,
            MergeTexts.Of);
        return command;
    }

    private Command Merge()
    {
        var former = new Argument<string>("OLD") { Description = "The id the device had before." };
        var into = new Option<string>("--into") { HelpName = "NEW", Description = "The id it has now.", Required = true };
        var kind = new Option<string>("--as")
        {
            HelpName = string.Join('|', MergeKinds.Names),
            Description = "continue: a day that both hold counts once, from the newer snapshot. supersede: nothing under the former id counts.",
            Required = true,
        };
        kind.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. MergeKinds.Names]);
        var yes = new Option<bool>("--yes") { Description = "Do it. Left out: show what it would do." };
        var home = Workspace();
        var command = new Command("merge", "Take two ids for one device. No stored row changes, and it can be undone.") { former, into, kind, yes, home };
        verbs.Set(
            command,
            async (parse, session, cancellation) =>
            {
                var merges = session.Database.Merges;
                var (workspace, from) = await session.Database.FindDeviceAsync(parse.GetValue(home), parse.GetValue(former)!, cancellation);
                var (_, to) = await session.Database.FindDeviceAsync(workspace, parse.GetValue(into)!, cancellation);
                var merge = new DeviceMerge(from, to, MergeKinds.Parse(parse.GetValue(kind)!.ToLowerInvariant()));
                var preview = parse.GetValue(yes)
                    ? await merges.MergeAsync(workspace, Actor.Operator, merge, static _ => true, cancellation)
                    : await merges.PreviewAsync(workspace, merge, cancellation);
                return new MergeOutcome(workspace, parse.GetValue(yes), MergeAnswer.Of(preview));
            },
            VerbRunner.Json.MergeOutcome,
            MergeTexts.Of);
        return command;
    }

    private Command Unmerge()
    {
        var former = new Argument<string>("OLD") { Description = "The id that was merged into another." };
        var home = Workspace();
        var command = new Command("unmerge", "Take a merge back: every sum is as it would be without it.") { former, home };
        verbs.Set(
            command,
            async (parse, session, cancellation) =>
            {
                var (workspace, id) = await session.Database.FindDeviceAsync(parse.GetValue(home), parse.GetValue(former)!, cancellation);
                return new UnmergeOutcome(workspace, UndoneMergeAnswer.Of(await session.Database.Merges.UndoAsync(workspace, Actor.Operator, id, cancellation)));
            },
            VerbRunner.Json.UnmergeOutcome,
            MergeTexts.Of);
        return command;
    }

    private Command Distinct()
    {
        var one = new Argument<string>("A") { Description = "One device." };
        var other = new Argument<string>("B") { Description = "The other." };
        var undo = new Option<bool>("--undo") { Description = "Take it back." };
        var home = Workspace();
        var command = new Command("distinct", "Declare that two devices are two, whatever they have in common.") { one, other, undo, home };
        verbs.Set(
            command,
            async (parse, session, cancellation) =>
            {
                var merges = session.Database.Merges;
                var (workspace, id) = await session.Database.FindDeviceAsync(parse.GetValue(home), parse.GetValue(one)!, cancellation);
                var pair = new DevicePair(id, (await session.Database.FindDeviceAsync(workspace, parse.GetValue(other)!, cancellation)).DeviceId);
                var changed = parse.GetValue(undo)
                    ? await merges.WithdrawDistinctAsync(workspace, Actor.Operator, pair, cancellation)
                    : await merges.DeclareDistinctAsync(workspace, Actor.Operator, pair, cancellation);
                return new DistinctOutcome(workspace, new DistinctAnswer(pair.DeviceId, pair.OtherDeviceId, !parse.GetValue(undo), changed));
            },
            VerbRunner.Json.DistinctOutcome,
            MergeTexts.Of);
        return command;
    }
}

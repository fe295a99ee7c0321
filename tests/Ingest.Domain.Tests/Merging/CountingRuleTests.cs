using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;

namespace Ingest.Domain.Tests.Merging;

/// <summary>Which days of a device with several ids are added up, for any decisions that can be taken.</summary>
public sealed class CountingRuleTests
{
    private const int Ids = 6;

    private static readonly DateOnly Day = new(2026, 5, 11);
    private static readonly DateTimeOffset At = new(2026, 5, 12, 0, 0, 0, TimeSpan.Zero);
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void A_decision_that_is_taken_back_leaves_every_sum_as_it_was() =>
        Prop.ForAll(World(), world =>
        {
            var map = new MergeMap([], []);
            var sums = new Stack<DayTotals>();
            foreach (var merge in world.Merges)
            {
                sums.Push(CountingRule.Sum(world.Days, map));
                map = map.With(merge);
            }

            foreach (var merge in world.Merges.Reverse())
            {
                map = map.Without(merge);
                CountingRule.Sum(world.Days, map).ShouldBe(sums.Pop());
            }

            return true;
        }).Check(Many);

    [Fact]
    public void In_which_order_decisions_are_taken_and_taken_back_does_not_matter() =>
        Prop.ForAll(World(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (world, seed) =>
        {
            var dice = new Random(seed);
            var merges = world.Merges.ToArray();
            var chosen = CountingRule.Choose(world.Days, new MergeMap(merges, []));
            dice.Shuffle(merges);
            CountingRule.Choose(world.Days, merges.Aggregate(MergeMap.Empty, (map, merge) => map.With(merge))).ShouldBe(chosen);
            if (merges.Length == 0) return true;

            var undone = merges[dice.Next(merges.Length)];
            CountingRule.Choose(world.Days, new MergeMap(merges, []).Without(undone)).ShouldBe(CountingRule.Choose(world.Days, new MergeMap(merges.Where(merge => merge != undone), [])));
            return true;
        }).Check(Many);

    [Fact]
    public void Each_day_of_a_device_counts_once_at_most_and_nothing_that_no_id_of_it_holds() =>
        Prop.ForAll(World(), world =>
        {
            var map = new MergeMap(world.Merges, []);
            var chosen = CountingRule.Choose(world.Days, map);
            var counted = world.Days.Where((_, at) => chosen[at]).ToList();
            counted.Select(day => (map.PlaceOf(day.DeviceId).Home, day.Day)).ShouldBeUnique();
            CountingRule.Sum(world.Days, map).ExceedsAnyOf(CountingRule.Sum(world.Days, MergeMap.Empty)).ShouldBeFalse();
            return true;
        }).Check(Many);

    [Fact]
    public void A_day_that_stands_under_a_continued_id_is_not_lost() =>
        Prop.ForAll(World(), world =>
        {
            var map = new MergeMap(world.Merges, []);
            var counted = world.Days.Zip(CountingRule.Choose(world.Days, map)).Where(day => day.Second)
                .ToDictionary(day => (map.PlaceOf(day.First.DeviceId).Home, day.First.Day), day => day.First);
            foreach (var day in world.Days.Where(day => map.PlaceOf(day.DeviceId).Counts))
            {
                var taken = counted[(map.PlaceOf(day.DeviceId).Home, day.Day)];
                if (taken.IsExpired) day.IsExpired.ShouldBeTrue("what stands is taken before what has expired");
                else if (!day.IsExpired) taken.ReceivedAt.ShouldBeGreaterThanOrEqualTo(day.ReceivedAt, "the newest snapshot is the truth");
            }

            return true;
        }).Check(Many);

    [Fact]
    public void Nothing_counts_beyond_a_superseded_id() =>
        Prop.ForAll(World(), world =>
        {
            var map = new MergeMap(world.Merges, []);
            var chosen = CountingRule.Choose(world.Days, map);
            var into = world.Merges.ToDictionary(merge => merge.DeviceId, StringComparer.Ordinal);
            for (var at = 0; at < chosen.Length; at++)
            {
                var superseded = false;
                for (var id = world.Days[at].DeviceId; into.TryGetValue(id, out var merge); id = merge.IntoDeviceId) superseded |= merge.Kind == MergeKind.Supersede;
                if (superseded) chosen[at].ShouldBeFalse();
            }

            return true;
        }).Check(Many);

    [Fact]
    public void Devices_that_nobody_merged_are_not_touched() =>
        Prop.ForAll(World(), world =>
        {
            var chosen = CountingRule.Choose(world.Days, new MergeMap(world.Merges, []));
            var merged = world.Merges.SelectMany(merge => new[] { merge.DeviceId, merge.IntoDeviceId }).ToHashSet(StringComparer.Ordinal);
            return !world.Days.Where((day, at) => !merged.Contains(day.DeviceId) && !chosen[at]).Any();
        }).Check(Many);

    [Fact]
    public void Of_snapshots_that_came_at_once_the_newer_ids_is_taken()
    {
        DeviceDay[] days = [Held("c", At), Held("a", At), Held("b", At)];
        var chain = new MergeMap([new DeviceMerge("c", "b", MergeKind.Continue), new DeviceMerge("b", "a", MergeKind.Continue)], []);
        CountingRule.Choose(days, chain).ShouldBe([false, true, false]);
        CountingRule.Choose([Held("c", At.AddSeconds(1)), Held("a", At), Held("b", At)], chain).ShouldBe([true, false, false], "a late envelope of a former id is newer");
    }

    [Fact]
    public void A_preview_says_what_the_decision_then_does() =>
        Prop.ForAll(World(), world =>
        {
            if (world.Merges.Count == 0) return true;
            var (merge, decided) = (world.Merges[^1], new MergeMap(world.Merges.SkipLast(1), []));
            var preview = MergePreview.Of(merge, world.Days, default, decided);
            var after = decided.With(merge);
            preview.Sums.WorkspaceBefore.ShouldBe(CountingRule.Sum(world.Days, decided));
            preview.Sums.WorkspaceAfter.ShouldBe(CountingRule.Sum(world.Days, after));
            (preview.Sums.GroupBefore.MessageCount - preview.Sums.GroupAfter.MessageCount)
                .ShouldBe(preview.Sums.WorkspaceBefore.MessageCount - preview.Sums.WorkspaceAfter.MessageCount);
            preview.Members.ShouldBe(after.GroupOf(merge.DeviceId), ignoreOrder: true);

            var chosen = CountingRule.Choose(world.Days, after);
            var taken = world.Days.Where((day, at) => chosen[at] && preview.Members.Contains(day.DeviceId)).ToDictionary(day => day.Day, day => day.DeviceId);
            foreach (var day in preview.SharedDays) taken.GetValueOrDefault(day.Day).ShouldBe(day.TakenFrom);
            MergePreview.Of(merge, [.. world.Days.Reverse()], new DayTotals(0, 7, 0, 0, 0, 0, 0, 0), decided).Version.ShouldBe(preview.Version, "other devices are not decided about");
            return true;
        }).Check(Many);

    [Fact]
    public void A_preview_of_other_sums_has_another_version()
    {
        var merge = new DeviceMerge("a", "b", MergeKind.Continue);
        DeviceDay[] days = [Held("a", At), Held("b", At.AddHours(1)), Held("c", At)];
        var version = MergePreview.Of(merge, days, default, MergeMap.Empty).Version;
        MergePreview.Of(merge with { Kind = MergeKind.Supersede }, days, default, MergeMap.Empty).Version.ShouldNotBe(version);
        MergePreview.Of(merge, [days[0], days[1] with { Totals = days[1].Totals with { OutputTokens = 9 } }], default, MergeMap.Empty).Version.ShouldNotBe(version);
        MergePreview.Of(merge, [days[0], days[1] with { ReceivedAt = At.AddHours(-1) }], default, MergeMap.Empty).Version.ShouldNotBe(version, "the other snapshot would be taken");
        MergePreview.Of(merge, days, default, MergeMap.Empty.With(new DeviceMerge("c", "b", MergeKind.Continue))).Version.ShouldNotBe(version, "a third id is one of them now");
        MergePreview.Of(merge, days, default, MergeMap.Empty).Version.ShouldBe(version);
    }

    [Fact]
    public void A_circle_that_somebody_wrote_by_hand_comes_to_an_end()
    {
        var circle = new MergeMap([new DeviceMerge("a", "b", MergeKind.Continue), new DeviceMerge("b", "a", MergeKind.Continue)], []);
        CountingRule.Choose([Held("a", At), Held("b", At)], circle).Length.ShouldBe(2);
    }

    private static DeviceDay Held(string id, DateTimeOffset at) => new(id, Day, at, IsExpired: false, new DayTotals(1, 1, 2, 3, 4, 5, 6, 7));

    /// <summary>Ids with some days, and decisions about some of them that make no circle.</summary>
    private static Arbitrary<Decided> World() => (
        from order in Gen.Shuffle(Enumerable.Range(0, Ids).Select(id => $"dev-{id}").ToArray())
        from targets in Gen.ArrayOf(Gen.Choose(-2, Ids - 1), Ids)
        from kinds in Gen.ArrayOf(Gen.Elements(MergeKind.Continue, MergeKind.Continue, MergeKind.Supersede), Ids)
        from days in Gen.ListOf(OneDay())
        select new Decided(
            [.. days.DistinctBy(day => (day.DeviceId, day.Day))],
            [.. Enumerable.Range(0, Ids).Where(at => targets[at] > at).Select(at => new DeviceMerge(order[at], order[targets[at]], kinds[at]))])).ToArbitrary();

    private static Gen<DeviceDay> OneDay() =>
        from id in Gen.Choose(0, Ids - 1)
        from day in Gen.Choose(0, 4)
        from received in Gen.Choose(0, 3)
        from expired in Gen.Choose(0, 9)
        from messages in Gen.Choose(0, 1000)
        select new DeviceDay($"dev-{id}", Day.AddDays(day), At.AddHours(received), expired == 0, new DayTotals(1, messages, 2 * messages, 3, 0, 0, messages, messages));

    private sealed record Decided(IReadOnlyList<DeviceDay> Days, IReadOnlyList<DeviceMerge> Merges);
}

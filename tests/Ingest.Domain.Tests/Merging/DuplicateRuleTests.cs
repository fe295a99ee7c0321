using Ingest.Domain.Merging;

namespace Ingest.Domain.Tests.Merging;

public sealed class DuplicateRuleTests
{
    [Fact]
    public void Each_device_is_held_against_the_one_met_before_it() =>
        Pairs(["a", "b", "c"], MergeMap.Empty).ShouldBe(["a b", "b c"]);

    [Fact]
    public void Two_thousand_equal_devices_are_so_many_pairs_and_no_more() =>
        DuplicateRule.PairsAmong(Enumerable.Range(0, 2_000).Select(id => $"dev-{id}"), MergeMap.Empty).Count().ShouldBe(1_999);

    [Fact]
    public void What_was_merged_is_one_device_and_is_named_by_the_id_it_has_now()
    {
        var map = new MergeMap([new DeviceMerge("a", "b", MergeKind.Continue)], []);
        Pairs(["a", "b"], map).ShouldBeEmpty();
        Pairs(["a", "c"], map).ShouldBe(["b c"]);
        Pairs(["a", "c"], new MergeMap([new DeviceMerge("a", "b", MergeKind.Supersede)], [])).ShouldBeEmpty("what counts nothing counts nothing twice");
    }

    [Fact]
    public void What_was_declared_to_be_two_is_not_named_and_hides_no_third()
    {
        var map = new MergeMap([], [new DevicePair("b", "a"), new DevicePair("b", "c")]);
        Pairs(["a", "b"], map).ShouldBeEmpty();
        Pairs(["a", "b", "c"], map).ShouldBe(["a c"]);
        map.AreDistinct("a", "b").ShouldBeTrue();
        map.AreDistinct("a", "c").ShouldBeFalse();
        var renamed = map.With(new DeviceMerge("a", "n", MergeKind.Continue));
        renamed.AreDistinct("n", "b").ShouldBeTrue("it was said of the device, whatever its id");
        Pairs(["n", "b"], renamed).ShouldBeEmpty();
    }

    private static IEnumerable<string> Pairs(string[] holders, MergeMap map) => DuplicateRule.PairsAmong(holders, map).Select(pair => $"{pair.DeviceId} {pair.OtherDeviceId}");
}

using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;

namespace Ingest.Domain.Tests.Health;

public sealed class FleetViewTests
{
    private static FleetView Of(params IEnumerable<FleetDevice> devices) => FleetView.Of(devices, MergeMap.Empty, Fleets.Closed);

    [Fact]
    public void Every_state_has_a_place_of_its_own_and_faults_come_before_decisions()
    {
        SyncStates.WorstFirst.Order().ShouldBe(Enum.GetValues<SyncState>());
        var fleet = Of(Enum.GetValues<SyncState>().Select(state => Fleets.In(state, $"dev_{state}")));
        fleet.Devices.Select(device => device.Health.State).ShouldBe(SyncStates.WorstFirst);
        fleet.States.ShouldAllBe(state => state.Value == 1);
    }

    [Fact]
    public void Within_a_state_what_has_something_beside_it_comes_first_and_then_what_lasts_longest()
    {
        var skewed = Fleets.Device(Fleets.Healthy with { ClockSkew = TimeSpan.FromHours(3) }, "dev_skewed");
        var fleet = Of(
            Fleets.In(SyncState.Late, "b", Fleets.Now.AddHours(-30)), Fleets.In(SyncState.Late, "a", Fleets.Now.AddHours(-30)), Fleets.In(SyncState.Late, "c", Fleets.Now.AddHours(-50)),
            Fleets.In(SyncState.Healthy, "old", Fleets.Now.AddDays(-90)), skewed);
        fleet.Devices.Select(device => device.DeviceId).ShouldBe(["c", "a", "b", "dev_skewed", "old"]);
    }

    [Fact]
    public void The_order_does_not_depend_on_the_order_in_which_devices_are_read()
    {
        var devices = Enumerable.Range(0, 60).Select(i => Fleets.In((SyncState)(i % 8), $"dev_{i}", Fleets.Now.AddHours(-200 - (i % 3)))).ToList();
        var expected = Of(devices).Devices.Select(device => device.DeviceId).ToList();
        for (var seed = 0; seed < 20; seed++)
        {
            var shuffled = devices.ToArray();
            new Random(seed).Shuffle(shuffled);
            Of(shuffled).Devices.Select(device => device.DeviceId).ShouldBe(expected);
        }
    }

    [Fact]
    public void Complete_are_those_that_usage_calls_complete_and_nobody_waits_for_what_was_revoked()
    {
        var behind = Fleets.Device(Fleets.Healthy with { ConfirmedDay = Fleets.Closed.AddDays(-1) }, "behind");
        var asked = Fleets.Device(
            Fleets.Healthy with { Rewinds = new DeviceRewinds(new PendingRewind(Fleets.Closed.AddDays(-5), "changed", Fleets.Now, 0, false), null, [], null, null) }, "asked");
        var lookingBack = Fleets.Device(
            Fleets.Healthy with { Rewinds = new DeviceRewinds(new PendingRewind(Fleets.Closed.AddDays(-5), "look_back", Fleets.Now, 0, false), null, [], null, null) }, "looking");
        var restored = Fleets.Device(Fleets.Healthy with { Gap = new BackupGap(Fleets.Now, Fleets.Closed.AddDays(-9)) }, "restored");
        asked.CompleteThrough.ShouldBe(Fleets.Closed.AddDays(-6));
        restored.CompleteThrough.ShouldBe(Fleets.Closed.AddDays(-9));

        var fleet = Of(behind, asked, lookingBack, restored, Fleets.Device(), Fleets.In(SyncState.Revoked, "revoked"));
        (fleet.Complete, fleet.Awaited).ShouldBe((2, 5));
    }

    [Fact]
    public void A_former_id_is_no_device_unless_something_of_it_is_awaited()
    {
        var open = Fleets.Device(Fleets.Healthy with { Gap = new BackupGap(Fleets.Now, Fleets.Closed.AddDays(-9)) }, "open");
        var superseded = Fleets.Device(Fleets.Healthy with { Gap = new BackupGap(Fleets.Now, Fleets.Closed.AddDays(-9)) }, "superseded");
        var merges = new MergeMap(
            [new DeviceMerge("open", "new", MergeKind.Continue), new DeviceMerge("superseded", "new", MergeKind.Supersede), new DeviceMerge("closed", "new", MergeKind.Continue)], []);
        FleetView.Of([open, superseded, Fleets.Device(id: "closed"), Fleets.Device(id: "new")], merges, Fleets.Closed).Devices.Select(device => device.DeviceId).ShouldBe(["open", "new"]);
    }

    [Fact]
    public void A_text_is_looked_for_in_all_that_people_call_a_device()
    {
        var fleet = Of(Fleets.Device(id: "dev_one", name: "Ada's <b>laptop</b>"), Fleets.Device(Fleets.Healthy with { Label = "Runner-7" }, "dev_two"), Fleets.In(SyncState.Late, "dev_late"));
        Ids(new FleetFilter(null, null, "ADA'S")).ShouldBe(["dev_one"]);
        Ids(new FleetFilter(null, null, "runner")).ShouldBe(["dev_two"]);
        Ids(new FleetFilter(null, null, "DEV_")).Count.ShouldBe(3);
        Ids(new FleetFilter(null, null, "ada")).Count.ShouldBe(3, "their owner is called so");
        Ids(new FleetFilter(SyncState.Late, Fleets.Ada, "dev_")).ShouldBe(["dev_late"]);
        Ids(new FleetFilter(null, Guid.Empty, null)).ShouldBeEmpty();

        List<string> Ids(FleetFilter filter) => [.. fleet.Matching(filter).Select(device => device.DeviceId).Order(StringComparer.Ordinal)];
    }
}

using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Domain.Tests.Usage;

public sealed class UsageReportTests
{
    private static readonly DateOnly Day = new(2026, 5, 11);

    [Theory]
    [InlineData(RewindReason.Changed)]
    [InlineData(RewindReason.Late)]
    [InlineData(RewindReason.FirstContact)]
    public void A_rewind_for_something_that_is_missing_holds_back_what_is_complete(RewindReason reason)
    {
        Device("a", Day, Day.AddDays(-5), reason).CompleteThrough.ShouldBe(Day.AddDays(-6));
        Device("a", Day, Day, reason).CompleteThrough.ShouldBe(Day.AddDays(-1));
        Device("a", Day, Day.AddDays(5), reason).CompleteThrough.ShouldBe(Day, "never ahead of what was confirmed");
    }

    [Theory]
    [InlineData(RewindReason.LookBack)]
    [InlineData(RewindReason.FullLookBack)]
    [InlineData(RewindReason.Requested)]
    public void A_rewind_that_only_makes_sure_holds_back_nothing(RewindReason reason) =>
        Device("a", Day, Day.AddDays(-5), reason).CompleteThrough.ShouldBe(Day);

    [Fact]
    public void After_a_restore_a_device_is_complete_as_far_as_the_backup_was_until_it_has_come()
    {
        var gap = new BackupGap(new DateTimeOffset(2026, 5, 14, 0, 0, 0, TimeSpan.Zero), Day.AddDays(-10));
        (Device("a", Day) with { Gap = gap }).CompleteThrough.ShouldBe(Day.AddDays(-10));
        (Device("a", Day, new DateOnly(1970, 1, 1), RewindReason.Requested) with { Gap = gap }).CompleteThrough.ShouldBe(Day.AddDays(-10));
        (Device("a", Day, Day.AddDays(-20), RewindReason.Changed) with { Gap = gap }).CompleteThrough.ShouldBe(Day.AddDays(-21));
        (Device("a", Day, Day.AddDays(-5), RewindReason.Changed) with { Gap = gap }).CompleteThrough.ShouldBe(Day.AddDays(-10));
        (Device("a", Day) with { Gap = gap with { Through = null } }).CompleteThrough.ShouldBeNull();
    }

    [Fact]
    public void Something_is_open_while_a_backup_left_a_gap_or_missing_days_are_asked_for()
    {
        Device("a", Day).IsOpen.ShouldBeFalse();
        Device("a", null).IsOpen.ShouldBeFalse();
        Device("a", Day, Day, RewindReason.FullLookBack).IsOpen.ShouldBeFalse();
        Device("a", Day, Day, RewindReason.Changed).IsOpen.ShouldBeTrue();
        (Device("a", Day) with { Gap = new BackupGap(default, Day) }).IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void A_device_in_the_middle_of_its_history_is_complete_as_far_as_it_has_come() =>
        new UsageDevice("a", null, Day, Day.AddDays(-250), null, null).CompleteThrough.ShouldBe(Day.AddDays(-250));

    [Fact]
    public void Nothing_is_complete_of_a_device_that_was_confirmed_nothing()
    {
        Device("a", null).CompleteThrough.ShouldBeNull();
        Device("a", null, Day, RewindReason.Changed).CompleteThrough.ShouldBeNull();
        Device("a", Day, new DateOnly(1970, 1, 1), RewindReason.FirstContact).CompleteThrough.ShouldBeNull("its whole history is asked for");
    }

    [Fact]
    public void The_worst_device_says_up_to_where_all_are_complete()
    {
        UsageDevice[] devices = [Device("b", Day), Device("a", Day.AddDays(-3)), Device("c", Day.AddDays(-3)), Device("d", Day.AddDays(1))];
        var usage = new UsageReport(devices, []);
        usage.CompleteThrough.ShouldBe(Day.AddDays(-3));
        usage.HeldBackBy(Day).Select(device => device.DeviceId).ShouldBe(["a", "c"]);

        var with = new UsageReport([.. devices, Device("z", null)], []);
        with.CompleteThrough.ShouldBeNull();
        with.HeldBackBy(Day).Select(device => device.DeviceId).ShouldBe(["z", "a", "c"]);
        new UsageReport([], []).CompleteThrough.ShouldBeNull();
    }

    [Fact]
    public void Sums_that_do_not_fit_are_refused_rather_than_wrong()
    {
        var half = new DayTotals(1, long.MaxValue / 2, 0, 0, 0, 0, 0, 1);
        DayTotals.Sum([half, half]).ShouldBe(new DayTotals(2, long.MaxValue - 1, 0, 0, 0, 0, 0, 2));
        Should.Throw<OverflowException>(() => DayTotals.Sum([half, half, half]));
    }

    private static UsageDevice Device(string id, DateOnly? confirmed, DateOnly? rewindFrom = null, RewindReason? reason = null) =>
        new(id, null, confirmed, confirmed, rewindFrom, reason);
}

using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Tests.Ledger;

public sealed class DeviceClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(5);

    [Fact]
    public void Nothing_is_late_at_first_contact()
    {
        var (clock, isLate) = DeviceClock.Unseen.Observe(Noon, Noon.AddYears(-3), new LedgerPolicy());
        isLate.ShouldBeFalse();
        (clock.Epoch, clock.Newest).ShouldBe((0, Noon.AddYears(-3)));
    }

    [Fact]
    public void A_fast_clock_keeps_its_order()
    {
        var fast = new Device(TimeSpan.FromDays(2));
        fast.SendsAt(Noon).ShouldBeFalse();
        fast.SendsAt(Noon + Tick).ShouldBeFalse();
        (fast.Clock.Epoch, fast.Clock.Newest).ShouldBe((0, Noon + Tick + TimeSpan.FromDays(2)));
    }

    [Fact]
    public void The_same_stamp_again_is_not_late()
    {
        var device = new Device();
        device.SendsAt(Noon).ShouldBeFalse();
        device.Arrives(Noon.AddSeconds(20), Noon).ShouldBeFalse();
    }

    [Fact]
    public void A_single_late_envelope_begins_no_epoch()
    {
        var device = new Device();
        device.SendsAt(Noon);
        device.SendsAt(Noon + Tick);
        device.Arrives(Noon + Tick + Tick, Noon).ShouldBeTrue();
        device.SendsAt(Noon + (3 * Tick)).ShouldBeFalse();
        (device.Clock.Epoch, device.Clock.Newest, device.Clock.LateBy).ShouldBe((0, Noon + (3 * Tick), null));
    }

    [Fact]
    public void A_clock_set_back_begins_a_new_epoch_on_the_second_tick()
    {
        var device = new Device();
        device.SendsAt(Noon);
        device.Skew = TimeSpan.FromHours(-5);
        device.SendsAt(Noon + Tick).ShouldBeTrue();
        device.SendsAt(Noon + (2 * Tick)).ShouldBeFalse();
        (device.Clock.Epoch, device.Clock.Newest).ShouldBe((1, Noon + (2 * Tick) - TimeSpan.FromHours(5)));
        device.SendsAt(Noon + (3 * Tick)).ShouldBeFalse();
        device.Clock.Epoch.ShouldBe(1);
    }

    [Fact]
    public void A_clock_set_back_in_the_middle_of_a_chunked_tick_begins_its_epoch_on_the_next_tick()
    {
        var device = new Device();
        device.SendsAt(Noon);
        device.Skew = TimeSpan.FromHours(-1);
        for (var chunk = 0; chunk < 20; chunk++) device.SendsAt(Noon + Tick + TimeSpan.FromSeconds(chunk)).ShouldBeTrue();
        device.SendsAt(Noon + (2 * Tick)).ShouldBeFalse();
        device.Clock.Epoch.ShouldBe(1);
    }

    [Fact]
    public void An_envelope_of_a_fast_clock_that_arrives_after_it_was_set_back_is_late()
    {
        var device = new Device(TimeSpan.FromDays(2));
        device.SendsAt(Noon);
        device.Skew = TimeSpan.Zero;
        device.SendsAt(Noon + Tick).ShouldBeTrue();
        device.SendsAt(Noon + (2 * Tick)).ShouldBeFalse();
        device.Arrives(Noon + (3 * Tick), Noon.AddDays(2).AddMinutes(-1)).ShouldBeTrue();
        device.SendsAt(Noon + (3 * Tick) + TimeSpan.FromSeconds(1)).ShouldBeFalse();
        device.Clock.Epoch.ShouldBe(1);

        // Once the clock is past what it had shown, nothing of that time is mistaken any more.
        device.SendsAt(Noon.AddDays(2) + Tick).ShouldBeFalse();
        device.Clock.LeftBehind.ShouldBeNull();
    }

    [Fact]
    public void A_clock_that_was_set_back_and_is_set_ahead_again_is_heard_on_its_second_tick()
    {
        var device = new Device(TimeSpan.FromDays(2));
        device.SendsAt(Noon);
        device.Skew = TimeSpan.Zero;
        for (var tick = 1; tick < 4; tick++) device.SendsAt(Noon + (tick * Tick));
        device.Skew = TimeSpan.FromDays(1);
        device.SendsAt(Noon + (4 * Tick)).ShouldBeTrue();
        device.SendsAt(Noon + (5 * Tick)).ShouldBeFalse();
        device.SendsAt(Noon + (6 * Tick)).ShouldBeFalse();
    }

    [Fact]
    public void Two_late_envelopes_seen_by_two_observers_are_not_in_a_row_where_one_in_order_came_between_them()
    {
        var (one, other) = (new Device(), new Device());
        one.SendsAt(Noon);
        one.Arrives(Noon + Tick, Noon - Tick).ShouldBeTrue();
        other.SendsAt(Noon + (2 * Tick));
        var merged = one.Clock.MergedWith(other.Clock);
        merged.LateBy.ShouldBeNull();
        merged.Observe(Noon + (3 * Tick), Noon + Tick, new LedgerPolicy()).IsLate.ShouldBeTrue();
    }

    [Fact]
    public void Two_held_up_chunks_of_one_tick_begin_no_epoch()
    {
        var device = new Device();
        device.SendsAt(Noon + Tick);
        device.Arrives(Noon + (2 * Tick), Noon).ShouldBeTrue();
        device.Arrives(Noon + (2 * Tick) + TimeSpan.FromSeconds(1), Noon.AddSeconds(1)).ShouldBeTrue();
        device.Clock.Epoch.ShouldBe(0);
    }

    [Fact]
    public void Two_held_up_ticks_that_arrive_together_begin_no_epoch()
    {
        var device = new Device();
        device.SendsAt(Noon + (2 * Tick));
        device.Arrives(Noon + (3 * Tick), Noon).ShouldBeTrue();
        device.Arrives(Noon + (3 * Tick), Noon + Tick).ShouldBeTrue();
        device.Clock.Epoch.ShouldBe(0);
    }

    [Fact]
    public void Late_envelopes_with_a_timely_one_between_them_begin_no_epoch()
    {
        var device = new Device();
        device.SendsAt(Noon);
        for (var tick = 1; tick < 6; tick++)
        {
            device.SendsAt(Noon + (tick * Tick)).ShouldBeFalse();
            device.Arrives(Noon + (tick * Tick) + TimeSpan.FromSeconds(10), Noon + ((tick - 1) * Tick)).ShouldBeTrue();
        }

        device.Clock.Epoch.ShouldBe(0);
    }

    [Fact]
    public void An_envelope_is_late_exactly_when_a_newer_one_of_its_epoch_was_seen()
    {
        Prop.ForAll(Gen.Choose(0, 10_000).ListOf().ToArbitrary(), seconds =>
        {
            var clock = DeviceClock.Unseen;
            var newest = DateTimeOffset.MinValue;
            var now = Noon;
            foreach (var second in seconds)
            {
                // A day apart on the server's side, so that no two of them are off by the same amount.
                now = now.AddDays(1);
                var stamp = Noon.AddSeconds(second);
                (clock, var isLate) = clock.Observe(now, stamp, new LedgerPolicy());
                isLate.ShouldBe(stamp < newest);
                newest = stamp > newest ? stamp : newest;
                clock.Newest.ShouldBe(newest);
                clock.Epoch.ShouldBe(0);
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Merging_observers_is_commutative_associative_and_idempotent()
    {
        Prop.ForAll(Clocks.Three().ToArbitrary(), three =>
        {
            var (a, b, c) = three;
            a.MergedWith(a).ShouldBe(a);
            a.MergedWith(b).ShouldBe(b.MergedWith(a));
            a.MergedWith(b).MergedWith(c).ShouldBe(a.MergedWith(b.MergedWith(c)));
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Merging_never_forgets_an_epoch_or_a_newer_stamp()
    {
        Prop.ForAll(Clocks.Three().ToArbitrary(), three =>
        {
            var (a, b, _) = three;
            var merged = a.MergedWith(b);
            merged.Epoch.ShouldBe(Math.Max(a.Epoch, b.Epoch));
            if (a.Epoch == b.Epoch) merged.Newest.ShouldBe(a.Newest is null || b.Newest > a.Newest ? b.Newest : a.Newest);
            return true;
        }).QuickCheckThrowOnFailure();
    }

    private static class Clocks
    {
        /// <summary>From few values, so that equal stamps with different offsets occur.</summary>
        public static Gen<(DeviceClock A, DeviceClock B, DeviceClock C)> Three() =>
            from a in One() from b in One() from c in One() select (a.MergedWith(a), b.MergedWith(b), c.MergedWith(c));

        private static Gen<DeviceClock> One() =>
            from epoch in Gen.Choose(0, 1)
            from newest in Gen.Choose(-1, 2)
            from late in Gen.Choose(-1, 2)
            from minutes in Gen.Choose(1, 3)
            from behind in Gen.Choose(-1, 2)
            select new DeviceClock(
                epoch,
                newest < 0 ? null : Noon.AddMinutes(newest),
                late < 0 ? null : TimeSpan.FromMinutes(-minutes),
                late < 0 ? null : Noon.AddMinutes(-late),
                newest < 0 ? null : TimeSpan.Zero,
                behind < 0 ? null : Noon.AddMinutes(behind));
    }

    private sealed class Device(TimeSpan skew = default)
    {
        public DeviceClock Clock { get; private set; } = DeviceClock.Unseen;

        public TimeSpan Skew { get; set; } = skew;

        public bool SendsAt(DateTimeOffset now) => Arrives(now, now + Skew);

        public bool Arrives(DateTimeOffset now, DateTimeOffset stamp)
        {
            (Clock, var isLate) = Clock.Observe(now, stamp, new LedgerPolicy());
            return isLate;
        }
    }
}

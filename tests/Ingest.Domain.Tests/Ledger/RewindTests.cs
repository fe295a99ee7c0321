using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Ledger;

/// <summary>A lower answer makes a stock daemon send again; whether it did shows only in where its next envelope begins.</summary>
public sealed class RewindTests
{
    private static readonly DateTimeOffset Noon = EnvelopeBuilder.DefaultSyncedAt;
    private static readonly DateOnly Today = Day.Of(Noon);
    private static readonly DateOnly Head = Today.AddDays(-3);

    private readonly LedgerServer _server = new();
    private DateTimeOffset _now = Noon;

    [Fact]
    public void A_device_that_brings_next_to_no_history_is_asked_for_all_of_it()
    {
        var plan = Receive(Days(-2, 0));
        plan.Watermark.ShouldBe(Day.Earliest);
        plan.Device.Progress.Rewind!.Reason.ShouldBe(RewindReason.FirstContact);
        plan.Device.Progress.ConfirmedDay.ShouldBe(Head);

        Receive(Days(-60, -31)).Watermark.ShouldBe(Today.AddDays(-31), "it went back, and from here the answers follow its chunks");
        Receive(Days(-30, 0)).Watermark.ShouldBe(Head);
    }

    [Fact]
    public void A_device_that_brings_its_history_by_itself_is_not()
    {
        Receive(Days(-60, 0)).Watermark.ShouldBe(Head);
        _server.Device.Progress.Rewind.ShouldBeNull();
    }

    [Fact]
    public void A_closed_day_that_arrives_changed_is_asked_for_again_until_the_daemon_went_back()
    {
        Receive(Days(-60, 0));
        Receive(Days(-60, 0, changed: -20)).Watermark.ShouldBe(Today.AddDays(-21));
        Receive(Days(-20, 0, changed: -20)).Watermark.ShouldBe(Head);
        _server.Device.Progress.Rewind.ShouldBeNull();
    }

    [Fact]
    public void The_next_chunk_of_the_same_pass_is_neither_obedience_nor_the_lack_of_it()
    {
        Receive(Days(-60, 0));
        Receive(Days(-60, -41, changed: -50)).Watermark.ShouldBe(Today.AddDays(-51));
        Receive(Days(-40, -21)).Watermark.ShouldBe(Today.AddDays(-51));
        Receive(Days(-20, 0)).Watermark.ShouldBe(Today.AddDays(-51));
        _server.Device.Progress.Rewind!.Unheeded.ShouldBe(0);
        Receive(Days(-50, -30, changed: -50)).Watermark.ShouldBe(Today.AddDays(-30));
    }

    [Fact]
    public void Nor_does_it_look_like_a_reset()
    {
        Receive(Days(-60, 0));
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { FullLookBackOn = Today.AddDays(7), Requested = new RewindRequest(Day.Earliest, false) } };
        Receive(Days(-2, 0)).Watermark.ShouldBe(Day.Earliest);
        Receive(Days(-60, -41));
        Receive(Days(-40, -21));
        Receive(Days(-20, 0));
        _server.Device.Progress.FullLookBackOn.ShouldBe(Today.AddDays(7));
    }

    [Fact]
    public void The_gap_of_a_restored_backup_is_closed_by_a_whole_pass_from_the_beginning_to_the_head_and_by_nothing_less()
    {
        Receive(Days(-60, 0));
        _server.MayLookBack = false;
        _server.Device = _server.Device with
        {
            Progress = _server.Device.Progress with
            {
                ContinuesAfter = null, Requested = new RewindRequest(Day.Earliest, Verifies: true), Gap = new BackupGap(Noon, Head),
            },
        };
        Receive(Days(-2, 0)).Watermark.ShouldBe(Head, "a whole fleet that meets a restored server does not come at once");
        _server.Device.Progress.Gap.ShouldNotBeNull();

        _server.MayLookBack = true;
        Receive(Days(-2, 0)).Watermark.ShouldBe(Day.Earliest);
        Receive(Days(-2, 0)).Watermark.ShouldBe(Day.Earliest, "it did not hear it");
        Receive(Days(-60, -41));
        Receive(Days(-40, -21));
        _server.Device.Progress.Gap.ShouldNotBeNull("the rest may be missing");
        Receive(Days(-20, 0)).Watermark.ShouldBe(Head);
        _server.Device.Progress.Gap.ShouldBeNull();
    }

    [Fact]
    public void The_gap_stays_where_the_request_was_not_heeded_until_the_next_look_at_everything()
    {
        Receive(Days(-60, 0));
        _server.Device = _server.Device with
        {
            Progress = _server.Device.Progress with { Rewind = null, Requested = null, Gap = new BackupGap(Noon, Head), LookBackAt = Noon, FullLookBackOn = Today },
        };
        Receive(Days(-2, 0)).Watermark.ShouldBe(Day.Earliest);
        _server.Device.Progress.Rewind!.Reason.ShouldBe(RewindReason.FullLookBack);
        Receive(Days(-60, 0)).Watermark.ShouldBe(Head);
        _server.Device.Progress.Gap.ShouldBeNull();
    }

    [Fact]
    public void A_daemon_that_begins_anew_unasked_looks_back_over_everything_the_next_day()
    {
        Receive(Days(-60, 0));
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { FullLookBackOn = Today.AddDays(7) } };
        Receive(Days(-60, -30)).Watermark.ShouldBe(Today.AddDays(-30));
        _server.Device.Progress.FullLookBackOn.ShouldBe(Today.AddDays(1));
    }

    [Fact]
    public void A_rewind_that_is_not_heeded_is_dropped_after_ten_passes_and_repeats_do_not_count()
    {
        Receive(Days(-2, 0));
        for (var pass = 1; pass <= 9; pass++)
        {
            var envelope = Days(-2, 0);
            Receive(envelope).Watermark.ShouldBe(Day.Earliest);
            _server.Receive(envelope, _now.AddSeconds(1)).WritesNothing.ShouldBeTrue("the very same envelope again is no other pass");
        }

        var last = Receive(Days(-2, 0));
        last.Watermark.ShouldBe(Head);
        last.EndedRewinds.ShouldHaveSingleItem().WasObeyed.ShouldBeFalse();
    }

    [Fact]
    public void A_day_ignored_as_late_is_asked_for_again_where_it_differs()
    {
        Receive(Days(-60, 0));
        Receive(Days(-2, 0));
        Receive(Days(-60, -21, changed: -50), late: true).Watermark.ShouldBe(Today.AddDays(-51));
        _server.Device.Progress.Rewind!.Reason.ShouldBe(RewindReason.Late);
        Receive(Days(-2, 0)).Watermark.ShouldBe(Today.AddDays(-51));
        Receive(Days(-50, 0, changed: -50)).Watermark.ShouldBe(Today.AddDays(-51), "told once more, and not late, it counts: a closed day that changed");
        Receive(Days(-50, 0, changed: -50)).Watermark.ShouldBe(Head);
    }

    [Fact]
    public void A_lost_answer_is_no_obedience_also_where_it_confirmed_another_day()
    {
        Receive(Days(-60, 0));
        Receive(Days(-2, 0));
        var held = Day.Of(_now).AddDays(-3);
        _now += TimeSpan.FromHours(40);
        var begins = held.DayNumber + 1 - Day.Of(_now).DayNumber;
        var told = Receive(Days(begins, 0));
        told.LooksBack.ShouldBeTrue();
        told.Device.Progress.ConfirmedDay!.Value.ShouldBeGreaterThan(held);
        Receive(Days(begins, 0)).Watermark.ShouldBe(told.Watermark!.Value);
        _server.Device.Progress.Rewind!.Unheeded.ShouldBe(1);
        _server.Days.Values.ShouldAllBe(day => day.GoneAt == null);
    }

    [Fact]
    public void A_late_envelope_moves_no_pass()
    {
        Receive(Days(-60, 0));
        var progress = Receive(Days(-2, 0)).Device.Progress;
        Receive(Days(-60, -41), late: true).Device.Progress.ShouldBe(progress);
    }

    [Fact]
    public void What_the_daemon_sends_again_anyway_is_not_asked_for()
    {
        Receive(Days(-60, 0));
        Receive(Days(-2, 0, changed: -1));
        _server.Device.Progress.Rewind.ShouldBeNull();
    }

    [Fact]
    public void Once_a_day_at_its_own_time_a_device_at_its_head_looks_back_and_once_a_week_over_everything()
    {
        Receive(Days(-60, 0));
        var reasons = new List<RewindReason>();
        for (var hour = 0; hour < 24 * 16; hour++)
        {
            var plan = Receive(Days(-2, 0), after: TimeSpan.FromHours(1));
            if (_server.Device.Progress.Rewind is not { } rewind) continue;
            reasons.Add(rewind.Reason);
            plan.LooksBack.ShouldBeTrue();
            plan.Watermark.ShouldBe(rewind.Reason == RewindReason.LookBack ? Day.Of(_now).AddDays(-36) : Day.Earliest);
            Receive(Days(-35, 0), after: TimeSpan.FromMinutes(5));
        }

        reasons.Count.ShouldBeInRange(15, 16);
        reasons.Take(8).ShouldBe(
        [
            RewindReason.FullLookBack, RewindReason.LookBack, RewindReason.LookBack, RewindReason.LookBack, RewindReason.LookBack, RewindReason.LookBack,
            RewindReason.LookBack, RewindReason.FullLookBack,
        ]);
    }

    [Fact]
    public void Nobody_looks_back_before_the_server_can_take_it()
    {
        Receive(Days(-60, 0));
        _server.MayLookBack = false;
        Receive(Days(-2, 0), after: TimeSpan.FromDays(2)).LooksBack.ShouldBeFalse();
        _server.MayLookBack = true;
        Receive(Days(-2, 0)).LooksBack.ShouldBeTrue();
    }

    [Fact]
    public void A_device_in_the_middle_of_its_history_is_not_sent_back()
    {
        Receive(Days(-60, 0));
        Receive(Days(-60, -41), after: TimeSpan.FromDays(2)).LooksBack.ShouldBeFalse();
    }

    [Fact]
    public void Devices_look_back_at_times_of_their_own()
    {
        var times = Enumerable.Range(0, 200).Select(i => LookBackSchedule.NextAfter(Noon, "ws", $"device-{i}")).ToList();
        times.ShouldAllBe(time => Day.Of(time) == Today.AddDays(1));
        times.GroupBy(time => time.Hour).Max(hour => hour.Count()).ShouldBeLessThan(30);
        LookBackSchedule.NextAfter(Noon, "ws", "device-1").ShouldBe(times[1]);
    }

    [Fact]
    public void What_an_operator_asked_is_told_and_with_verify_equal_digests_prove_nothing()
    {
        Receive(Days(-60, 0));
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { Requested = new RewindRequest(Today.AddDays(-40), true) } };
        var told = Receive(Days(-2, 0));
        told.Watermark.ShouldBe(Today.AddDays(-41));
        told.Device.Progress.Requested.ShouldBeNull();
        told.Device.Progress.Rewind!.Reason.ShouldBe(RewindReason.Requested);

        _server.Lose(_server.Live.First(row => row.Key.BucketDay == Today.AddDays(-30)).Key);
        Receive(Days(-40, -21)).Counts.Changed.ShouldBe(1);
        _server.Device.Progress.VerifyFrom.ShouldBe(Today.AddDays(-40), "the pass is not at its end");
        _server.Live.Count(row => row.Key.BucketDay == Today.AddDays(-30)).ShouldBe(1);
        Receive(Days(-20, 0)).Device.Progress.VerifyFrom.ShouldBeNull();
    }

    [Fact]
    public void Days_that_come_anyway_are_compared_as_well_where_that_is_asked()
    {
        Receive(Days(-60, 0));
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { Requested = new RewindRequest(Today.AddDays(-1), true) } };
        Receive(Days(-2, 0)).Device.Progress.Rewind.ShouldBeNull();
        _server.Lose(_server.Live.First(row => row.Key.BucketDay == Today.AddDays(-1)).Key);
        Receive(Days(-2, 0)).Counts.Changed.ShouldBe(1);
        _server.Device.Progress.VerifyFrom.ShouldBeNull();
    }

    [Fact]
    public void A_request_waits_until_the_pending_rewind_is_over()
    {
        Receive(Days(-60, 0));
        Receive(Days(-60, 0, changed: -20));
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { Requested = new RewindRequest(Day.Earliest, true) } };
        Receive(Days(-2, 0)).Watermark.ShouldBe(Today.AddDays(-21));
        Receive(Days(-20, 0, changed: -20)).Watermark.ShouldBe(Day.Earliest);
    }

    [Fact]
    public void A_day_whose_only_rows_turned_bad_is_named_and_not_gone()
    {
        Receive(Days(-60, 0));
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { Requested = new RewindRequest(Day.Earliest, false) } };
        Receive(Days(-2, 0));
        var pass = Days(-60, 0, without: -30);
        var bad = Today.AddDays(-30);
        Receive(pass.Rollup(bad, r => r.Messages(-1)));
        _server.Days[bad].GoneAt.ShouldBeNull();
    }

    [Fact]
    public void A_day_that_a_pass_over_it_no_longer_names_is_gone_still_counted_and_back_once_it_is_named()
    {
        Receive(Days(-60, 0));
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { Requested = new RewindRequest(Day.Earliest, false) } };
        Receive(Days(-2, 0));
        Receive(Days(-58, -31, without: -50));
        Receive(Days(-30, 0, without: -20));
        _server.Days.Values.Where(day => day.GoneAt is not null).Select(day => day.Day).Order()
            .ShouldBe([Today.AddDays(-60), Today.AddDays(-59), Today.AddDays(-50), Today.AddDays(-20)]);
        _server.Live.Count().ShouldBe(61);

        Receive(Days(-60, 0));
        _server.Days.Values.ShouldAllBe(day => day.GoneAt == null);
    }

    [Fact]
    public void A_tick_at_the_head_says_nothing_of_older_days()
    {
        Receive(Days(-60, 0));
        Receive(Days(-2, 0));
        Receive(Days(0, 0));
        _server.Days.Values.ShouldAllBe(day => day.GoneAt == null);
    }

    private EnvelopePlan Receive(EnvelopeBuilder envelope, bool late = false, TimeSpan? after = null)
    {
        _now += after ?? TimeSpan.FromMinutes(5);
        return _server.Receive(envelope.SyncedAt(late ? _now.AddMinutes(-8) : _now), _now);
    }

    /// <summary>A row for each day, told from today of the test's clock.</summary>
    private EnvelopeBuilder Days(int first, int last, int? changed = null, int? without = null)
    {
        var envelope = Parsing.AnEnvelope();
        for (var day = first; day <= last; day++)
        {
            if (day == without) continue;
            var messages = day == changed ? 11 : 10;
            envelope.Rollup(Day.Of(_now).AddDays(day), r => r.Messages(messages));
        }

        return envelope;
    }
}

using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Ledger;

public sealed class EnvelopePlannerTests
{
    private const string Session = "b0b4b0a8-1111-4222-8333-444455556666";

    private static readonly DateTimeOffset Sent = EnvelopeBuilder.DefaultSyncedAt;
    private static readonly DateOnly Day = new(2026, 5, 9);

    /// <summary>Neither asked for a history it may lack nor for a look back: that is what <see cref="RewindTests"/> are about.</summary>
    private readonly LedgerServer _server = Quiet();

    [Fact]
    public void The_first_envelope_of_a_device_writes_everything_it_brings()
    {
        var plan = _server.Receive(Whole());
        plan.WritesNothing.ShouldBeFalse();
        (plan.Device.IsRegistered, plan.Device.Label, plan.Device.RollupRows, plan.Device.Progress.ConfirmedDay).ShouldBe((true, "dev-mbp", 2L, Day));
        plan.Days.ShouldHaveSingleItem().Before.ShouldBeNull();
        plan.Sessions.ShouldHaveSingleItem();
        plan.Windows.ShouldHaveSingleItem();
        plan.Counts.ShouldBe(new RowCounts(Changed: 4, Unchanged: 0, Superseded: 0, Rejected: 0));
        plan.Watermark.ShouldBe(Day);
        plan.WritesNothing.ShouldBeFalse();
    }

    [Fact]
    public void The_same_content_sent_later_writes_nothing()
    {
        _server.Receive(Whole());
        var plan = _server.Receive(Whole().SyncedAt(Sent.AddMinutes(5)));
        plan.WritesNothing.ShouldBeTrue();
        plan.Counts.ShouldBe(new RowCounts(0, 4, 0, 0));
        plan.Watermark.ShouldBe(Day);
    }

    [Fact]
    public void Only_the_days_that_changed_are_written()
    {
        _server.Receive(Parsing.AnEnvelope().Rollup(Day).Rollup(Day.AddDays(1)));
        var plan = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Rollup(Day).Rollup(Day.AddDays(1), r => r.Messages(11)));
        var change = plan.Days.ShouldHaveSingleItem();
        change.After.Day.ShouldBe(Day.AddDays(1));
        change.Before!.Order.SentAt.ShouldBe(Sent);
        plan.Counts.ShouldBe(new RowCounts(1, 1, 0, 0));
    }

    [Fact]
    public void An_older_envelope_never_changes_a_day_a_newer_one_has_written()
    {
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Rollup(Day));
        var plan = _server.Receive(Parsing.AnEnvelope().Rollup(Day, r => r.Messages(9)));
        _server.Live.ShouldHaveSingleItem().MessageCount.ShouldBe(10);
        plan.Counts.Superseded.ShouldBe(1);
    }

    [Fact]
    public void Nor_one_that_a_newer_one_has_only_repeated()
    {
        _server.Receive(Parsing.AnEnvelope().Rollup(Day));
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(10)).Rollup(Day)).WritesNothing.ShouldBeTrue();
        var plan = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Rollup(Day, r => r.Messages(9)));
        _server.Live.ShouldHaveSingleItem().MessageCount.ShouldBe(10);
        plan.Counts.Superseded.ShouldBe(1);
    }

    [Fact]
    public void A_day_that_only_the_late_envelope_brings_is_stored()
    {
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Rollup(Day));
        var plan = _server.Receive(Parsing.AnEnvelope().Rollup(Day, r => r.Messages(9)).Rollup(Day.AddDays(-1)));
        plan.Days.Single(change => change.ChangesRows).After.Day.ShouldBe(Day.AddDays(-1));
        plan.Order.SentAt.ShouldBe(Sent);
        plan.Counts.ShouldBe(new RowCounts(1, 0, 1, 0));
    }

    [Fact]
    public void Sessions_and_windows_of_a_late_envelope_change_nothing_and_new_ones_are_stored()
    {
        _server.Receive(Whole().SyncedAt(Sent.AddMinutes(5)));
        var plan = _server.Receive(Parsing.AnEnvelope()
            .Session(Session, s => s.Messages(1)).Session("another")
            .Window(Sent.AddHours(-6), w => w.Messages(1)).Window(Sent.AddHours(-12)));
        plan.Sessions.ShouldHaveSingleItem().SessionId.ShouldBe("another");
        plan.Windows.ShouldHaveSingleItem().Summary.Key.StartedAt.ShouldBe(Sent.AddHours(-12));
        plan.Counts.ShouldBe(new RowCounts(2, 0, 2, 0));
    }

    [Fact]
    public void A_late_label_is_ignored()
    {
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Label("new"));
        _server.Receive(Parsing.AnEnvelope().Label("old")).Device.Label.ShouldBe("new");
    }

    [Fact]
    public void An_absent_label_keeps_the_stored_one_and_a_blank_one_clears_it()
    {
        _server.Receive(Parsing.AnEnvelope().Label("mine"));
        _server.Receive(Parsing.AnEnvelope().Without("label")).Device.Label.ShouldBe("mine");
        _server.Receive(Parsing.AnEnvelope().Label("")).Device.Label.ShouldBeNull();
    }

    [Fact]
    public void A_device_whose_clock_was_set_back_is_heard_again_on_its_second_tick()
    {
        _server.Receive(Parsing.AnEnvelope().Rollup(Day));
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddHours(-5)).Rollup(Day, r => r.Messages(11)), Sent.AddMinutes(5)).Counts.Superseded.ShouldBe(1);
        var plan = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddHours(-5).AddMinutes(5)).Rollup(Day, r => r.Messages(12)), Sent.AddMinutes(10));
        plan.Days.ShouldHaveSingleItem();
        plan.Order.ClockEpoch.ShouldBe(1);
        plan.Device.ClockEpoch.ShouldBe(1);
    }

    [Fact]
    public void A_server_that_has_not_heard_of_an_epoch_yet_never_takes_it_back()
    {
        var stored = new StoredState(DeviceState.Unknown with { IsRegistered = true, Label = "dev-mbp", ClockEpoch = 3 });
        var received = new ReceivedEnvelope(Parsing.AnEnvelope().Accept(), null!, Guid.Empty, Sent, IsCompleteByDay: true);
        var arrival = new Arrival { Received = received, Clock = new DeviceClock(2, Sent), IsLate = false, MayLookBack = false };
        var plan = EnvelopePlanner.Plan(arrival, stored, new LedgerPolicy());
        plan.Device.ClockEpoch.ShouldBe(3);
        plan.WritesNothing.ShouldBeTrue();
    }

    [Fact]
    public void Without_a_stamp_the_servers_clock_orders_in_the_precision_of_storage()
    {
        var now = Sent.AddTicks(12_345_678);
        var plan = _server.Receive(Parsing.AnEnvelope().Without("synced_at").Session(Session), now);
        plan.Order.SentAt.ShouldBe(Sent.AddTicks(12_345_670));
        plan.Sessions.ShouldHaveSingleItem().StartedAt.ShouldBe(Sent.AddTicks(12_345_670));
    }

    [Fact]
    public void An_absent_field_of_a_session_keeps_what_is_stored_and_null_clears_it()
    {
        _server.Receive(Parsing.AnEnvelope().Session(Session, s => s
            .StartedAt(Sent.AddHours(-2)).EndedAt(Sent.AddHours(-1)).DurationMs(3_600_000).Repo("r").Branch("b").Surface("vscode").Ticket("PAY-1")
            .PrimaryModel("m").Title("t").Vital("context_drag", "green", 1.5m).Vital("overall", "red")));

        var kept = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Session(Session, s => s.Without("surface").Messages(9))).Sessions.ShouldHaveSingleItem();
        kept.MessageCount.ShouldBe(9);
        kept.StartedAt.ShouldBe(Sent.AddHours(-2));
        kept.EndedAt.ShouldBe(Sent.AddHours(-1));
        kept.DurationMs.ShouldBe(3_600_000);
        kept.RepoId.ShouldBe("r");
        kept.GitBranch.ShouldBe("b");
        kept.Surface.ShouldBe("vscode");
        kept.Ticket.ShouldBe("PAY-1");
        kept.TicketSource.ShouldBe("branch");
        kept.PrimaryModel.ShouldBe("m");
        kept.Title.ShouldBe("t");
        kept.ContextDragState.ShouldBe("green");
        kept.ContextDragMetric.ShouldBe(1.5);
        kept.OverallState.ShouldBe("red");

        var cleared = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(10)).Session(Session, s => s
            .EndedAt(null).DurationMs(null).Repo(null).Branch(null).Surface(null).Ticket(null).Raw("ticket_source", "null")
            .PrimaryModel(null).Title(null).Vital("context_drag", null).Raw("vital_context_drag_metric", "null").Vital("overall", "purple")))
            .Sessions.ShouldHaveSingleItem();
        cleared.ShouldBe(new StoredSession
        {
            SessionId = Session,
            Provider = "claude_code",
            StartedAt = Sent.AddHours(-2),
            Surface = "unknown",
            MessageCount = 8,
            TotalInputTokens = 900,
            TotalOutputTokens = 100,
            TotalCost = 72_500,
            Order = new EnvelopeOrder(0, Sent.AddMinutes(10)),
        });
    }

    [Fact]
    public void A_missing_start_falls_back_to_the_end_and_then_to_the_stamp()
    {
        _server.Receive(Parsing.AnEnvelope().Session("ended", s => s.EndedAt(Sent.AddHours(-1)))).Sessions.ShouldHaveSingleItem().StartedAt.ShouldBe(Sent.AddHours(-1));
        _server.Receive(Parsing.AnEnvelope().Session("open")).Sessions.ShouldHaveSingleItem().StartedAt.ShouldBe(Sent);
    }

    [Fact]
    public void The_fallback_never_replaces_a_stored_start()
    {
        _server.Receive(Parsing.AnEnvelope().Session(Session, s => s.StartedAt(Sent.AddHours(-2))));
        var plan = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Session(Session, s => s.EndedAt(Sent)));
        plan.Sessions.ShouldHaveSingleItem().StartedAt.ShouldBe(Sent.AddHours(-2));
    }

    [Fact]
    public void A_null_start_neither_replaces_a_stored_one_nor_moves_with_every_tick()
    {
        _server.Receive(Parsing.AnEnvelope().Session(Session, s => s.StartedAt(null)));
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Session(Session, s => s.StartedAt(null))).WritesNothing.ShouldBeTrue();
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(10)).Session(Session, s => s.StartedAt(Sent.AddHours(-2)))).Sessions.ShouldHaveSingleItem();
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(15)).Session(Session, s => s.StartedAt(null).EndedAt(null))).WritesNothing.ShouldBeTrue();
    }

    [Fact]
    public void A_bad_row_is_quarantined_once_and_again_only_when_it_changes()
    {
        static EnvelopeBuilder Bad(int messages, int minutes) =>
            Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(minutes)).Rollup(Day, r => r.Messages(messages));

        var first = _server.Receive(Bad(-1, 0));
        first.Quarantine.ShouldHaveSingleItem();
        first.NewlyQuarantined.ShouldBe(1);
        first.Device.QuarantinedRows.ShouldBe(1);
        first.Counts.ShouldBe(new RowCounts(0, 0, 0, 1));
        first.Watermark.ShouldBe(Day);

        _server.Receive(Bad(-1, 5)).WritesNothing.ShouldBeTrue();

        var changed = _server.Receive(Bad(-2, 10));
        changed.Quarantine.ShouldHaveSingleItem();
        changed.NewlyQuarantined.ShouldBe(0);
        changed.Device.QuarantinedRows.ShouldBe(1);

        _server.Receive(Bad(-1, 7)).Quarantine.ShouldBeEmpty();
    }

    [Fact]
    public void A_good_row_of_the_same_key_settles_the_bad_one_that_waits_in_quarantine()
    {
        static EnvelopeBuilder With(int messages, int minutes) => Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(minutes))
            .Rollup(Day, r => r.Messages(messages)).Session(Session, s => s.Messages(messages)).Window(Sent, w => w.Messages(messages));

        _server.Receive(With(-1, 0)).Device.QuarantinedRows.ShouldBe(3);

        var late = _server.Receive(With(1, -5));
        late.Released.ShouldBeEmpty();

        var settled = _server.Receive(With(1, 5));
        settled.Released.Count.ShouldBe(3);
        settled.Device.QuarantinedRows.ShouldBe(0);

        _server.Receive(With(1, 10)).WritesNothing.ShouldBeTrue();
    }

    [Fact]
    public void A_new_ticket_does_not_keep_the_source_of_the_old_one()
    {
        _server.Receive(Parsing.AnEnvelope().Session(Session, s => s.Ticket("PAY-1")));
        var session = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Session(Session, s => s.Raw("ticket", "\"X-2\"").Without("ticket_source")))
            .Sessions.ShouldHaveSingleItem();
        session.Ticket.ShouldBe("X-2");
        session.TicketSource.ShouldBeNull();
    }

    [Fact]
    public void The_confirmed_day_never_goes_back()
    {
        _server.Receive(Parsing.AnEnvelope().Rollup(Day)).Device.Progress.ConfirmedDay.ShouldBe(Day);
        var plan = _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(5)).Rollup(Day.AddDays(-30)));
        plan.Watermark.ShouldBe(Day.AddDays(-30));
        plan.Device.Progress.ConfirmedDay.ShouldBe(Day);
        _server.Receive(Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(10))).Watermark.ShouldBeNull();
    }

    [Fact]
    public void The_order_of_two_envelopes_decides_whatever_order_they_arrive_in()
    {
        static EnvelopeBuilder With(int messages) => Parsing.AnEnvelope().SyncedAt(Sent.AddMinutes(messages))
            .Rollup(Day, r => r.Messages(messages))
            .Session(Session, s => s.StartedAt(Sent).Messages(messages))
            .Window(Sent, w => w.Messages(messages));
        var (older, newer) = (With(1), With(5));
        var (inOrder, swapped) = (Quiet(), Quiet());
        inOrder.Receive(older, Sent.AddMinutes(6));
        inOrder.Receive(newer, Sent.AddMinutes(6));
        swapped.Receive(newer, Sent.AddMinutes(6));
        swapped.Receive(older, Sent.AddMinutes(6));
        swapped.Live.ShouldBe(inOrder.Live);
        swapped.Days[Day].Digest.ShouldBe(inOrder.Days[Day].Digest);
        swapped.Windows.ShouldBe(inOrder.Windows);
        swapped.Sessions[Session].TellsTheSameAs(inOrder.Sessions[Session]).ShouldBeTrue();
    }

    private static LedgerServer Quiet() => new() { Policy = new LedgerPolicy { Rules = LedgerRules.All & ~(LedgerRules.FirstContact | LedgerRules.LookBack) } };

    private static EnvelopeBuilder Whole() =>
        Parsing.AnEnvelope().Rollup(Day).Rollup(Day, r => r.Role("user")).Session(Session).Window(Sent.AddHours(-6));
}

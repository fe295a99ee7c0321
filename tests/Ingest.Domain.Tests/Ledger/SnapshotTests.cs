using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Ledger;

/// <summary>A device-day is one versioned snapshot: the newest one is the truth.</summary>
public sealed class SnapshotTests
{
    private static readonly DateTimeOffset Noon = EnvelopeBuilder.DefaultSyncedAt;
    private static readonly DateOnly Today = Day.Of(Noon);
    private static readonly DateOnly Closed = Today.AddDays(-10);

    private readonly LedgerServer _server = new();
    private int _tick;

    [Fact]
    public void A_key_that_a_newer_snapshot_no_longer_names_becomes_a_ghost()
    {
        Receive(Rows(("unknown", 5), ("vscode", 2)));
        var plan = Receive(Rows(("terminal", 5), ("vscode", 2)));
        Surfaces(_server.Live).ShouldBe(["terminal", "vscode"]);
        Surfaces(_server.Ghosts).ShouldBe(["unknown"]);
        plan.Counts.Changed.ShouldBe(2);
        plan.Days.ShouldHaveSingleItem().Written.ShouldHaveSingleItem().Row.Key.Surface.ShouldBe("terminal", "the other row stands there already");
        _server.Versions.ShouldHaveSingleItem().Reasons.ShouldBe([ChangeReason.ReKeyed]);
        _server.Device.RollupRows.ShouldBe(2);
    }

    [Fact]
    public void A_ghost_that_is_named_again_lives_again()
    {
        Receive(Rows(("a", 5), ("b", 2)));
        Receive(Rows(("a", 5)));
        Receive(Rows(("a", 5), ("b", 2)));
        Surfaces(_server.Live).ShouldBe(["a", "b"]);
        _server.Ghosts.ShouldBeEmpty();
        _server.Versions.Select(version => version.Reasons).ShouldBe([[ChangeReason.Shrank, ChangeReason.Ghosted], [ChangeReason.Grew, ChangeReason.Revived]]);
        _server.Versions.Select(version => version.Rows.Count).ShouldBe([2, 1]);
    }

    [Fact]
    public void A_client_that_sends_single_rows_makes_no_ghosts_and_repeats_change_nothing()
    {
        Receive(Rows(("a", 5)), complete: false);
        Receive(Rows(("b", 2)), complete: false);
        Surfaces(_server.Live).ShouldBe(["a", "b"]);
        Receive(Rows(("a", 5)), complete: false).Days.ShouldBeEmpty();
        Receive(Rows(("b", 2)), complete: false).Days.ShouldBeEmpty();
        Receive(Rows(("a", 5), ("b", 2)), complete: false).Days.ShouldBeEmpty();
    }

    [Fact]
    public void A_good_row_that_turns_bad_is_named_still_and_gone_once_it_is_not()
    {
        Receive(Rows(("a", 5), ("b", 2)));
        Receive(Rows(("a", 5), ("b", -1))).Counts.Rejected.ShouldBe(1);
        Surfaces(_server.Live).ShouldBe(["a", "b"]);
        Receive(Rows(("a", 5), ("b", -1))).Days.ShouldBeEmpty("a day with a bad row is compared, and written only where it differs");
        Receive(Rows(("a", 5)));
        Surfaces(_server.Live).ShouldBe(["a"], "now it is really gone, though the usable rows are the same as before");
    }

    [Theory]
    [InlineData("""{"bucket_day": "2026-05-04", "role": 7}""", true)]
    [InlineData("""{"role": "user"}""", true)]
    [InlineData("""{"bucket_day": "2026-05-03", "role": 7}""", false)]
    public void A_row_without_a_readable_key_may_be_any_row_of_its_day_or_of_all(string bad, bool hides)
    {
        Receive(Rows(("a", 5), ("b", 2)));
        Receive(Rows(("a", 5)).RawRollup(bad));
        Surfaces(_server.Live).ShouldBe(hides ? ["a", "b"] : ["a"]);
    }

    [Fact]
    public void A_bad_row_that_is_there_already_is_as_new_as_its_day()
    {
        Receive(Rows(("a", 5), ("b", -1))).Quarantine.ShouldHaveSingleItem();
        Receive(Rows(("a", 5), ("b", -1))).Quarantine.ShouldBeEmpty();
        Receive(Rows(("a", 6), ("b", -1))).Quarantine.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_closed_day_that_shrinks_is_marked_and_looked_into_the_next_day()
    {
        Receive(Rows(("a", 5)));
        _server.Days[Closed].ShrunkAt.ShouldBeNull();
        var plan = Receive(Rows(("a", 3)));
        _server.Days[Closed].ShrunkAt.ShouldNotBeNull();
        _server.Days[Closed].ChangedAfterCloseAt.ShouldNotBeNull();
        plan.Device.Progress.FullLookBackOn.ShouldBe(Today.AddDays(1));
        Receive(Rows(("a", 8)));
        _server.Days[Closed].ShrunkAt.ShouldBeNull();
    }

    [Fact]
    public void An_open_day_changes_without_a_trace()
    {
        Receive(Parsing.AnEnvelope().Rollup(Today).Rollup(Closed));
        var plan = Receive(Parsing.AnEnvelope().Rollup(Today, r => r.Messages(1)).Rollup(Closed));
        _server.Versions.ShouldBeEmpty();
        _server.Days[Today].ChangedAfterCloseAt.ShouldBeNull();
        plan.Device.Progress.Rewind.ShouldBeNull();
    }

    [Fact]
    public void Only_a_ticket_that_changes_is_an_edit()
    {
        Receive(Parsing.AnEnvelope().Rollup(Closed, r => r.Ticket("PAY-1")));
        Receive(Parsing.AnEnvelope().Rollup(Closed, r => r.Ticket("PAY-2")));
        _server.Versions.ShouldHaveSingleItem().Reasons.ShouldBe([ChangeReason.Edited]);
    }

    /// <summary>Of a device with several ids the newest snapshot counts: only the device makes one.</summary>
    [Fact]
    public void A_day_is_as_new_as_what_the_device_last_said_of_it_whatever_else_writes_it()
    {
        var random = new Random(20260514);
        for (var run = 0; run < 300; run++)
        {
            var server = new LedgerServer();
            var said = new List<DateTimeOffset>();
            for (var step = 0; step < 12; step++)
            {
                var now = Noon.AddMinutes(5 * ((100 * run) + step + 1));
                server.Device = server.Device with { Progress = server.Device.Progress with { VerifyFrom = Closed } };
                var before = server.Days.GetValueOrDefault(Closed);
                switch (random.Next(4))
                {
                    case 0:
                        var surface = ((char)('a' + random.Next(3))).ToString();
                        server.Receive(Rows((surface, random.Next(1, 3)), ("d", 1)).SyncedAt(now), now);
                        break;
                    case 1:
                        var broughtAt = now.AddMinutes(-2);
                        server.Replay(Rows(($"quarantined-{step}", 1)).SyncedAt(broughtAt), broughtAt, now);
                        if (before is null) server.Days[Closed].ReceivedAt.ShouldBe(broughtAt);
                        else server.Days[Closed].ReceivedAt.ShouldBe(before.ReceivedAt);
                        said.Add(broughtAt);
                        continue;
                    case 2 when server.Versions.Count > 0:
                        server.Restore(server.Versions[random.Next(server.Versions.Count)], now);
                        server.Days[Closed].ReceivedAt.ShouldBe(before!.ReceivedAt);
                        continue;
                    default:
                        continue;
                }

                said.Add(now);
                server.Days[Closed].ReceivedAt.ShouldBeOneOf([.. said]);
                if (before is not null && server.Days[Closed].Digest != before.Digest) server.Days[Closed].ReceivedAt.ShouldBe(now);
            }
        }
    }

    [Fact]
    public void Rows_that_were_lost_here_and_are_put_right_make_their_day_no_newer()
    {
        Receive(Rows(("a", 5), ("b", 2)));
        var before = _server.Days[Closed];
        _server.Lose(_server.Live.First().Key);
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { VerifyFrom = Closed } };
        Receive(Rows(("a", 5), ("b", 2))).Counts.Changed.ShouldBe(2);
        Surfaces(_server.Live).ShouldBe(["a", "b"]);
        _server.Days[Closed].ReceivedAt.ShouldBe(before.ReceivedAt);
        _server.Days[Closed].AttemptId.ShouldNotBe(before.AttemptId);
    }

    [Fact]
    public void A_day_that_retention_removed_is_acknowledged_and_not_stored_again()
    {
        Receive(Rows(("a", 5)));
        _server.Expire(Closed, Noon);
        var plan = Receive(Rows(("a", 6)));
        plan.Days.ShouldBeEmpty();
        plan.Counts.Unchanged.ShouldBe(1);
        plan.Watermark.ShouldBe(Closed);
        _server.Live.ShouldBeEmpty();
    }

    [Fact]
    public void A_day_that_flips_four_times_within_a_day_is_shared_keeps_all_rows_and_is_not_asked_for_again()
    {
        Receive(Rows(("a", 1)));
        for (var flip = 0; flip < 5; flip++) Receive(Rows((flip % 2 == 0 ? "b" : "a", 1)));
        _server.Days[Closed].Flips.ShouldBe(4);
        Surfaces(_server.Live).ShouldBe(["a", "b"]);
        _server.Device.Progress.SharedSeenAt.ShouldNotBeNull();

        _server.Device = _server.Device with { Progress = _server.Device.Progress with { Rewind = null } };
        Receive(Rows(("a", 2))).Device.Progress.Rewind.ShouldBeNull();

        // A day of quiet, and it is one machine's again.
        _tick += 26 * 12;
        Receive(Rows(("a", 2)));
        Surfaces(_server.Live).ShouldBe(["a"]);
    }

    [Fact]
    public void Machines_that_fight_over_a_day_do_not_fill_the_disk_with_what_it_held()
    {
        for (var flip = 0; flip < 200; flip++) Receive(Rows(("a", 1 + (flip % 2))));
        _server.Versions.Count.ShouldBeLessThan(5);
        _server.Versions[0].Rows.ShouldHaveSingleItem().MessageCount.ShouldBe(1, "what it held before they met is kept");
    }

    [Fact]
    public void Three_machines_that_take_turns_never_flip_and_are_told_all_the_same()
    {
        for (var tick = 0; tick < 30; tick++) Receive(Rows((((char)('a' + (tick % 3))).ToString(), 1)));
        _server.Days[Closed].Flips.ShouldBe(0);
        _server.Device.Progress.SharedSeenAt.ShouldNotBeNull();
        Surfaces(_server.Live).ShouldBe(["a", "b", "c"], "all rows are kept");
        var versions = _server.Versions.Count;
        for (var tick = 0; tick < 30; tick++) Receive(Rows((((char)('a' + (tick % 3))).ToString(), 1)));
        _server.Versions.Count.ShouldBe(versions, "and nothing changes any more");
    }

    [Fact]
    public void Two_clocks_that_never_agree_over_a_closed_day_are_two_machines_too()
    {
        Receive(Rows(("a", 1)));
        for (var i = 0; i < 4; i++)
        {
            Receive(Rows(("a", 1)));
            Receive(Rows(("b", 1)), late: true);
        }

        _server.Device.Progress.SharedSeenAt.ShouldNotBeNull();
    }

    private EnvelopePlan Receive(EnvelopeBuilder envelope, bool complete = true, bool late = false)
    {
        var now = Noon.AddMinutes(5 * ++_tick);
        return _server.Receive(envelope.SyncedAt(late ? now.AddMinutes(-7 - _tick) : now), now, complete);
    }

    /// <summary>One closed day, a row for each surface.</summary>
    private static EnvelopeBuilder Rows(params (string Surface, int Messages)[] rows)
    {
        var envelope = Parsing.AnEnvelope();
        foreach (var (surface, messages) in rows) envelope.Rollup(Closed, r => r.Surface(surface).Messages(messages));
        return envelope;
    }

    private static string[] Surfaces(IEnumerable<DailyRollup> rows) => [.. rows.Select(row => row.Key.Surface).Order(StringComparer.Ordinal)];
}

using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Ledger;

/// <summary>An operator puts an earlier version back, and it stays until the device says something new.</summary>
public sealed class DayRestorationTests
{
    private static readonly DateTimeOffset Noon = EnvelopeBuilder.DefaultSyncedAt;
    private static readonly DateOnly Closed = Day.Of(Noon).AddDays(-10);

    private readonly LedgerServer _server = new();
    private int _tick;

    [Fact]
    public void A_restored_day_holds_what_the_version_held_and_nothing_else()
    {
        Receive(("a", 5), ("b", 2), ("c", 7));
        Receive(("a", 5), ("b", 1), ("d", 1));
        var shrunk = _server.Days[Closed];
        shrunk.ShrunkAt.ShouldNotBeNull();

        var change = Restore(0).Change.ShouldNotBeNull();
        Live().ShouldBe(["a 5", "b 2", "c 7"]);
        _server.Ghosts.ShouldHaveSingleItem().Key.Surface.ShouldBe("d");
        change.Written.Select(write => write.Row.Key.Surface).ShouldBe(["b", "c"], "the other row stands there already");
        change.Ghosted.ShouldHaveSingleItem().Surface.ShouldBe("d");
        change.Version.ShouldNotBeNull().Reasons.ShouldBe([ChangeReason.Restored]);
        change.Version.Rows.Select(row => row.Key.Surface).ShouldBe(["a", "b", "d"]);
        change.Version.Before.ShouldBe(shrunk);

        var restored = _server.Days[Closed];
        restored.Totals.MessageCount.ShouldBe(14);
        restored.DigestBefore.ShouldBe(shrunk.Digest);
        (restored.Order, restored.KeptRows, restored.GhostRows).ShouldBe((shrunk.Order, 0, 1));
        (restored.ReceivedAt, restored.RestoredAt, restored.ChangedAfterCloseAt).ShouldBe((shrunk.ReceivedAt, Now, Now), "the device has said nothing new");
        (restored.ShrunkAt, restored.GoneAt).ShouldBe((null, null));
        restored.AttemptId.ShouldNotBe(shrunk.AttemptId);
    }

    [Fact]
    public void The_device_repeating_what_was_overruled_changes_nothing_and_is_not_asked_again()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 5));
        Restore(0);
        _server.Device = _server.Device with { Progress = _server.Device.Progress with { Rewind = null } };
        for (var i = 0; i < 6; i++)
        {
            var plan = Receive(("a", 5));
            plan.Days.ShouldBeEmpty();
            plan.Device.Progress.Rewind.ShouldBeNull();
        }

        Live().ShouldBe(["a 5", "b 2"]);
        _server.Device.Progress.SharedSeenAt.ShouldBeNull();
    }

    [Fact]
    public void Whatever_else_the_device_says_later_replaces_it_and_it_is_kept_as_a_version()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 5));
        Restore(0);
        Receive(("a", 6));
        Live().ShouldBe(["a 6"]);
        _server.Days[Closed].RestoredAt.ShouldBeNull();
        _server.Versions.Count.ShouldBe(3);
        _server.Versions[2].Rows.Select(row => row.Key.Surface).ShouldBe(["a", "b"]);

        Receive(("a", 5));
        Live().ShouldBe(["a 5"], "what was overruled once is news after something else");
    }

    [Fact]
    public void Once_the_device_holds_what_was_restored_the_day_is_its_own_again()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 5));
        Restore(0);
        Receive(("a", 5), ("b", 2));
        _server.Days[Closed].RestoredAt.ShouldBeNull();
        Receive(("a", 5));
        Live().ShouldBe(["a 5"]);
    }

    [Fact]
    public void What_is_late_does_not_replace_it()
    {
        Receive(("a", 5), ("b", 2));
        _tick += 2;
        Receive(("a", 5));
        Restore(0);
        _server.Receive(Rows(("a", 9)).SyncedAt(Now.AddMinutes(-12)), Now.AddMinutes(1));
        Live().ShouldBe(["a 5", "b 2"]);
        _server.Days[Closed].RestoredAt.ShouldNotBeNull();
    }

    [Fact]
    public void A_day_restored_twice_still_knows_what_the_device_itself_holds()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 4), ("b", 2));
        Receive(("a", 4));
        var own = _server.Days[Closed].Digest;
        Restore(0);
        Restore(1);
        Live().ShouldBe(["a 4", "b 2"]);
        _server.Days[Closed].DigestBefore.ShouldBe(own);
        Receive(("a", 4)).Days.ShouldBeEmpty();
        Live().ShouldBe(["a 4", "b 2"]);
    }

    [Fact]
    public void A_restoration_can_be_undone()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 5));
        Restore(0);
        Restore(1).Fate.ShouldBe(RestorationFate.Restored);
        Live().ShouldBe(["a 5"]);
        Receive(("a", 5)).Counts.Changed.ShouldBe(0);
        Receive(("a", 5), ("b", 2));
        Live().ShouldBe(["a 5", "b 2"]);
    }

    [Fact]
    public void What_stands_there_already_is_not_written()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 5));
        Restore(0);
        var day = _server.Days[Closed];
        Restore(0).ShouldBe(new DayRestoration(RestorationFate.Unchanged));
        _server.Days[Closed].ShouldBe(day);
        _server.Versions.Count.ShouldBe(2);
    }

    [Fact]
    public void A_day_that_is_gone_counts_as_there_again()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 5));
        var gone = _server.Days[Closed] with { GoneAt = Noon };
        DayRestoration.Of(gone, [.. Stored()], _server.Versions[0].Rows, Now, Guid.NewGuid()).Change.ShouldNotBeNull().After.GoneAt.ShouldBeNull();
    }

    [Fact]
    public void An_expired_day_stays_expired()
    {
        Receive(("a", 5), ("b", 2));
        Receive(("a", 5));
        _server.Expire(Closed, Now);
        Restore(0).ShouldBe(new DayRestoration(RestorationFate.Expired));
        _server.Live.ShouldBeEmpty();
    }

    [Fact]
    public void Whatever_stands_there_the_ledger_tells_of_exactly_the_rows_that_live_after_it()
    {
        var random = new Random(20260514);
        for (var run = 0; run < 2_000; run++)
        {
            var stored = SomeRows(random).ConvertAll(row => new StoredRollup(row, random.Next(3) == 0));
            var version = SomeRows(random);
            DailyRollup[] live = [.. stored.Where(row => !row.IsGhost).Select(row => row.Row)];
            var before = new LedgerDay
            {
                Day = Closed,
                Digest = DayDigest.Of(Closed, live),
                Totals = DayTotals.Of(live),
                GhostRows = stored.Count - live.Length,
                Order = new EnvelopeOrder(0, Noon),
                ReceivedAt = Noon,
                AttemptId = Guid.NewGuid(),
            };

            var change = DayRestoration.Of(before, stored, version, Now, Guid.NewGuid()).Change;
            if (change is null)
            {
                live.ShouldBe(version);
                continue;
            }

            var rows = stored.ToDictionary(row => row.Row.Key);
            foreach (var (row, _) in change.Written) rows[row.Key] = new StoredRollup(row, IsGhost: false);
            foreach (var key in change.Ghosted) rows[key] = rows[key] with { IsGhost = true };
            DailyRollup[] after = [.. rows.Values.Where(row => !row.IsGhost).Select(row => row.Row).OrderBy(row => row.Key)];
            after.ShouldBe(version);
            change.After.Digest.ShouldBe(DayDigest.Of(Closed, after));
            change.After.Totals.ShouldBe(DayTotals.Of(after));
            change.After.GhostRows.ShouldBe(rows.Count - after.Length);
            change.AddedRows.ShouldBe(after.Length - live.Length);
            change.Version.ShouldNotBeNull().Rows.ShouldBe(live);
        }
    }

    private DateTimeOffset Now => Noon.AddMinutes(5 * _tick);

    private EnvelopePlan Receive(params (string Surface, int Messages)[] rows)
    {
        _tick++;
        return _server.Receive(Rows(rows).SyncedAt(Now), Now);
    }

    private DayRestoration Restore(int version)
    {
        _tick++;
        return _server.Restore(_server.Versions[version], Now);
    }

    private IEnumerable<string> Live() => _server.Live.Select(row => $"{row.Key.Surface} {row.MessageCount}");

    private IEnumerable<StoredRollup> Stored() =>
        _server.Live.Select(row => new StoredRollup(row, IsGhost: false)).Concat(_server.Ghosts.Select(row => new StoredRollup(row, IsGhost: true))).OrderBy(row => row.Row.Key);

    private static EnvelopeBuilder Rows(params (string Surface, int Messages)[] rows)
    {
        var envelope = Parsing.AnEnvelope();
        foreach (var (surface, messages) in rows) envelope.Rollup(Closed, r => r.Surface(surface).Messages(messages));
        return envelope;
    }

    /// <summary>In key order; few keys and few values, so that two of them have much in common.</summary>
    private static List<DailyRollup> SomeRows(Random random) =>
    [
        .. Enumerable.Range(0, 5).Where(_ => random.Next(2) == 0).Select(i => new DailyRollup
        {
            Key = new RollupKey(Closed, "assistant", "p", "m", "r", "b", $"s{i}"),
            MessageCount = random.Next(2),
            InputTokens = 1,
            OutputTokens = 2,
            CacheCreationTokens = 3,
            CacheReadTokens = 4,
            CostIngested = 5,
            CostEffective = random.Next(2),
        }),
    ];
}

using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Tests.Health;

public sealed class CoverageRuleTests
{
    private static readonly LedgerPolicy Policy = new();

    private static readonly LedgerDay Plain = new()
    {
        Day = Fleets.Closed, Digest = default, Totals = default, Order = default, ReceivedAt = Fleets.Now.AddDays(-2), AttemptId = Guid.Empty,
    };

    private static CoverageState Of(DateOnly day, DeviceStatus? status = null, LedgerDay? entry = null, long quarantined = 0)
    {
        var held = new HeldDays(
            entry is null ? HeldDays.None.Entries : new Dictionary<DateOnly, LedgerDay> { [day] = entry with { Day = day } },
            quarantined == 0 ? HeldDays.None.Quarantined : new Dictionary<DateOnly, long> { [day] = quarantined });
        return CoverageRule.Of(Fleets.Device(status), new DayRange(day, day.AddDays(1)), held, Fleets.Now, Policy).ShouldHaveSingleItem().State;
    }

    [Fact]
    public void A_confirmed_day_is_complete_where_something_was_used_and_nothing_where_nothing_was()
    {
        Of(Fleets.Closed, entry: Plain).ShouldBe(CoverageState.Complete);
        Of(Fleets.Closed).ShouldBe(CoverageState.None);
        Of(Fleets.Closed.AddDays(-400)).ShouldBe(CoverageState.None);
    }

    [Fact]
    public void Today_and_the_days_of_grace_are_open_and_days_to_come_are_left_out()
    {
        Of(Fleets.Today, entry: Plain).ShouldBe(CoverageState.Open);
        Of(Fleets.Today).ShouldBe(CoverageState.Open);
        Of(Fleets.Closed.AddDays(1), entry: Plain).ShouldBe(CoverageState.Open);
        Of(Fleets.Today, Fleets.Healthy with { Facts = Fleets.Facts(SyncState.Revoked) }).ShouldBe(CoverageState.None, "nobody waits for it");
        CoverageRule.Of(Fleets.Device(), new DayRange(Fleets.Today, Fleets.Today.AddDays(3)), HeldDays.None, Fleets.Now, Policy).Select(day => day.Day).ShouldBe([Fleets.Today]);
    }

    [Fact]
    public void A_closed_day_that_is_not_confirmed_is_late_unless_a_device_in_contact_has_nothing_of_it()
    {
        var behind = Fleets.Healthy with { ConfirmedDay = Fleets.Closed.AddDays(-3), ContinuesAfter = Fleets.Closed.AddDays(-3) };
        Of(Fleets.Closed, behind, Plain).ShouldBe(CoverageState.Late, "it came while it was open, and not since");
        Of(Fleets.Closed, behind).ShouldBe(CoverageState.None, "in contact, and nothing new to send");
        foreach (var state in new[] { SyncState.Late, SyncState.Silent, SyncState.Failing, SyncState.Paused })
            Of(Fleets.Closed, behind with { Facts = Fleets.Facts(state) }).ShouldBe(CoverageState.Late, $"{state}");
        Of(Fleets.Closed, behind with { ContinuesAfter = Fleets.Closed.AddDays(-9) }).ShouldBe(CoverageState.Late, "it is in the middle of sending");
        Of(Fleets.Closed, behind with { Facts = Fleets.Facts(SyncState.Revoked) }).ShouldBe(CoverageState.None, "nobody waits for it");
    }

    [Fact]
    public void Nothing_is_expected_from_before_a_device_was_there()
    {
        var never = Fleets.Healthy with { ConfirmedDay = null, ContinuesAfter = null, Facts = Fleets.Facts(SyncState.Never, Fleets.Now.AddDays(-6)) };
        Of(Fleets.Today.AddDays(-7), never).ShouldBe(CoverageState.None);
        Of(Fleets.Today.AddDays(-6), never).ShouldBe(CoverageState.Late);
    }

    [Fact]
    public void Of_several_states_the_worst_is_told()
    {
        var states = new List<CoverageState> { Of(Fleets.Closed), Of(Fleets.Closed, entry: Plain) };
        var late = Fleets.Healthy with { ConfirmedDay = Fleets.Closed.AddDays(-1) };
        states.Add(Of(Fleets.Today, late, Plain));
        states.Add(Of(Fleets.Closed, late, Plain));
        states.Add(Of(Fleets.Closed, late, Plain with { ChangedAfterCloseAt = Fleets.Now }));
        states.Add(Of(Fleets.Closed, late, Plain with { ChangedAfterCloseAt = Fleets.Now, ShrunkAt = Fleets.Now }));
        states.Add(Of(Fleets.Closed, late, Plain with { ShrunkAt = Fleets.Now }, quarantined: 1));
        states.Add(Of(Fleets.Closed, late, Plain with { ShrunkAt = Fleets.Now, Flips = 4, FlippedAt = Fleets.Now }, quarantined: 1));
        states.Add(Of(Fleets.Closed, late, Plain with { Flips = 4, FlippedAt = Fleets.Now, GoneAt = Fleets.Now }, quarantined: 1));
        states.ShouldBe(Enum.GetValues<CoverageState>());
    }

    [Fact]
    public void A_day_that_only_brought_bad_rows_is_quarantined_and_one_removed_by_age_is_missing()
    {
        Of(Fleets.Closed, quarantined: 2).ShouldBe(CoverageState.Quarantined);
        Of(Fleets.Today, entry: Plain, quarantined: 2).ShouldBe(CoverageState.Quarantined);
        Of(Fleets.Closed, entry: Plain with { ExpiredAt = Fleets.Now }).ShouldBe(CoverageState.Missing);
    }

    [Fact]
    public void After_a_restore_days_behind_the_backup_are_missing_until_they_come_again()
    {
        var restored = Fleets.Healthy with { Gap = new BackupGap(Fleets.Now.AddDays(-4), Fleets.Closed.AddDays(-5)) };
        Of(Fleets.Closed.AddDays(-5), restored, Plain with { ReceivedAt = Fleets.Now.AddDays(-9) }).ShouldBe(CoverageState.Complete, "in the backup");
        Of(Fleets.Closed.AddDays(-4), restored).ShouldBe(CoverageState.Missing);
        Of(Fleets.Closed.AddDays(-4), restored, Plain with { ReceivedAt = Fleets.Now.AddDays(-9) }).ShouldBe(CoverageState.Missing, "the backup may have only a part of it");
        Of(Fleets.Closed.AddDays(-4), restored, Plain with { ReceivedAt = Fleets.Now.AddDays(-3) }).ShouldBe(CoverageState.Complete, "came again");
        Of(Fleets.Today, restored).ShouldBe(CoverageState.Open, "after the restore");
    }

    [Fact]
    public void What_was_ignored_as_late_is_missing_and_days_asked_for_with_it_are_not_complete()
    {
        var from = Fleets.Closed.AddDays(-3);
        Of(from, Asked("late"), Plain).ShouldBe(CoverageState.Missing);
        Of(from.AddDays(1), Asked("late"), Plain).ShouldBe(CoverageState.Late);
        Of(from.AddDays(-1), Asked("late"), Plain).ShouldBe(CoverageState.Complete);
        Of(from, Asked("changed"), Plain with { ChangedAfterCloseAt = Fleets.Now }).ShouldBe(CoverageState.Changed);
        Of(from, Asked("look_back"), Plain).ShouldBe(CoverageState.Complete, "a matter of course");
        Of(from, Asked("requested"), Plain).ShouldBe(CoverageState.Complete, "a matter of course");

        DeviceStatus Asked(string reason) => Fleets.Healthy with { Rewinds = new DeviceRewinds(new PendingRewind(from, reason, Fleets.Now, 0, false), null, [], null, null) };
    }
}

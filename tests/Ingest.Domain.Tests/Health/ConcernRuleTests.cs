using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Tests.Health;

public sealed class ConcernRuleTests
{
    private static readonly DeviceStatus Troubled = Fleets.Healthy with
    {
        LastKey = new LastKey("budi_Wv7sjs36", null, Fleets.Now.AddDays(-2)),
        Gap = new BackupGap(Fleets.Now.AddDays(-4), Fleets.Closed.AddDays(-9)),
        Rewinds = new DeviceRewinds(new PendingRewind(Fleets.Closed, "changed", Fleets.Now, 3, false), null, [], null, null),
        QuarantinedRows = 1,
        ClockSkew = TimeSpan.FromHours(-2.5),
    };

    [Fact]
    public void Each_says_what_is_the_matter_in_a_sentence()
    {
        var texts = ConcernRule.Of(Troubled, SyncHealth.Of(Troubled.Facts, Fleets.Now), Fleets.Now).Select(concern => concern.Text).ToList();
        texts.ShouldBe(
        [
            "The key it used last (budi_Wv7sjs36…) expired on 12 May 2026; a daemon that still has it sends nothing.",
            "A backup was restored on 10 May 2026; what it delivered after 2 May 2026 has not all come again.",
            "It is asked to send everything from 11 May 2026 on again: 11 May 2026 arrived changed after it was closed. It did not follow 3 answers.",
            "1 row of it is in quarantine, and in no sum.",
            "Its clock is 2.5 hours behind the server's: its days are confirmed late.",
        ]);
    }

    [Fact]
    public void Nothing_is_the_matter_with_a_device_that_does_well_or_that_nobody_waits_for()
    {
        Fleets.Device().Concerns.ShouldBeEmpty();
        Fleets.Device(Troubled with { Facts = Fleets.Facts(SyncState.Revoked) }).Concerns.ShouldBeEmpty();
        Fleets.Device(Fleets.Healthy with { Rewinds = new DeviceRewinds(new PendingRewind(Fleets.Closed, "look_back", Fleets.Now, 0, false), null, [], null, null) }).Concerns.ShouldBeEmpty();
    }

    [Fact]
    public void Days_tell_what_shrank_and_what_the_device_no_longer_has()
    {
        var days = Enumerable.Range(0, 4).Select(i => new CoverageDay(
            Fleets.Closed.AddDays(-i), CoverageState.Complete, null, i switch { 0 => DayState.Complete, 1 => DayState.Gone, _ => DayState.Shrunk }, 0)).ToList();
        ConcernRule.Of(days).Select(concern => (concern.Kind, concern.Text)).ShouldBe(
        [
            (ConcernKind.ShrunkDays, "2 days hold less than after their close, the last one 9 May 2026."),
            (ConcernKind.GoneDays, "The device sent all it has, and 1 day was not in it, the last one 10 May 2026. What stands here counts on."),
        ]);
    }
}

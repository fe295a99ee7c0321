using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Tests.Ledger;

public sealed class WatermarkRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 14, 0, 3, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-05-14", 2, "2026-05-11")]
    [InlineData("2026-05-14", 1, "2026-05-12")]
    [InlineData("2026-05-11", 2, "2026-05-11")]
    [InlineData("2026-05-10", 2, "2026-05-10")]
    [InlineData("2027-01-01", 2, "2026-05-11")]
    [InlineData("9999-12-31", 2, "2026-05-11")]
    [InlineData("1970-01-01", 2, "1970-01-01")]
    public void The_answer_is_the_latest_day_of_the_envelope_or_the_last_closed_one(string latest, int grace, string watermark) =>
        WatermarkRule.Confirm(DateOnly.Parse(latest), WatermarkRule.ClosedThrough(Now, Now, grace)).ShouldBe(DateOnly.Parse(watermark));

    [Fact]
    public void An_envelope_without_rollups_confirms_nothing() =>
        WatermarkRule.OfPending(null).ShouldBeNull();

    [Theory]
    [InlineData("2026-05-11", "2026-05-01", "2026-04-30")]
    [InlineData("2026-05-11", "2026-05-11", "2026-05-10")]
    [InlineData("2026-05-11", "2026-05-12", "2026-05-11")]
    [InlineData("2026-05-11", "1970-01-01", "1970-01-01")]
    public void A_pending_rewind_keeps_the_answer_below_its_day(string confirmed, string from, string watermark) =>
        WatermarkRule.Below(DateOnly.Parse(confirmed), new Rewind(DateOnly.Parse(from), Now, RewindReason.Changed, 0, Day.Of(Now), Verifies: false))
            .ShouldBe(DateOnly.Parse(watermark));

    [Fact]
    public void A_slow_device_closes_its_own_days_and_a_fast_one_the_servers()
    {
        WatermarkRule.ClosedThrough(Now, Now.AddHours(-1), 2).ShouldBe(new DateOnly(2026, 5, 10));
        WatermarkRule.ClosedThrough(Now, Now.AddDays(400), 2).ShouldBe(new DateOnly(2026, 5, 11));
        WatermarkRule.ClosedThrough(Now, Now.ToOffset(TimeSpan.FromHours(14)), 2).ShouldBe(new DateOnly(2026, 5, 11));
    }

    [Fact]
    public void Never_an_open_day_never_ahead_of_the_envelope_and_always_ten_characters() =>
        Prop.ForAll(Cases().ToArbitrary(), c =>
        {
            var (latest, now, sentAt, grace) = c;
            var watermark = WatermarkRule.Confirm(latest, WatermarkRule.ClosedThrough(now, sentAt, grace));
            watermark.ShouldBeLessThanOrEqualTo(latest);
            watermark.ShouldBeLessThan(Day.Of(now).AddDays(-grace));
            watermark.ShouldBeLessThan(Day.Of(sentAt).AddDays(-grace));
            Day.ToText(watermark).Length.ShouldBe(10);
            // As high as that allows, or closed days would be sent for ever.
            if (watermark < latest) (watermark == Day.Of(now).AddDays(-1 - grace) || watermark == Day.Of(sentAt).AddDays(-1 - grace)).ShouldBeTrue();
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<(DateOnly Latest, DateTimeOffset Now, DateTimeOffset SentAt, int Grace)> Cases() =>
        from latest in Gen.OneOf(Gen.Choose(0, 2_932_896), Gen.Choose(20_500, 20_700))
        from now in Gen.Choose(0, 86_399)
        from nowDay in Gen.Choose(20_550, 20_650)
        from sent in Gen.Choose(0, 86_399)
        from sentDay in Gen.OneOf(Gen.Choose(0, 2_900_000), Gen.Choose(20_500, 20_700))
        from grace in Gen.Choose(1, 30)
        select (Day.Earliest.AddDays(latest), Instant.Earliest.AddDays(nowDay).AddSeconds(now), Instant.Earliest.AddDays(sentDay).AddSeconds(sent), grace);
}

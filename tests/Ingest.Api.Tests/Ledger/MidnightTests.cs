using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>A day is not over for the device when its last tick of the day is.</summary>
public sealed class MidnightTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(20)]
    public async Task What_is_used_after_the_last_tick_of_a_day_arrives_with_the_next_tick_whenever_that_is(int daysLater)
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        await scenario.NextTickAsync(daemon);
        daemon.Record(7);
        daemon.Record(8, branch: "late-evening");
        scenario.Pass(TimeSpan.FromDays(daysLater));
        daemon.Record();
        await daemon.TickAsync();
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task Rows_read_before_midnight_and_stamped_after_it_do_not_close_their_day()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        var midnight = new DateTimeOffset(scenario.Today.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        scenario.MoveTo(midnight.AddSeconds(-3));
        daemon.AfterReading = () =>
        {
            daemon.Record(7);
            scenario.MoveTo(midnight.AddSeconds(2));
        };
        var chunk = (await daemon.TickAsync()).ShouldHaveSingleItem();
        chunk.SentAt.ShouldBeGreaterThan(midnight);
        DateOnly.FromDateTime(chunk.SentAt.UtcDateTime).ShouldBe(chunk.Days[^1].AddDays(1));

        daemon.Record();
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task Days_off_and_failures_over_midnight_lose_nothing()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        Delivery[] faults = [Delivery.Arrives, Delivery.NeverArrives, Delivery.AnswerIsLost];
        for (var turn = 0; turn < 24; turn++)
        {
            daemon.Record();
            scenario.Pass(TimeSpan.FromHours(turn % 5 == 0 ? 50 : 7));
            daemon.Record(2);
            await daemon.TickAsync(faults[turn % 3]);
        }

        daemon.Record();
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }
}

using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>An answer that is lost told the daemon nothing, whatever the server makes of the next envelope.</summary>
public sealed class LostAnswerTests
{
    /// <summary>
    /// The first envelope of a day moves the confirmed day on. Where its answer is lost, the next one begins at that day as well:
    /// not because the daemon went back, but because it heard nothing.
    /// </summary>
    [Fact]
    public async Task A_look_back_that_was_told_by_a_lost_answer_is_told_again()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        daemon.Record(7, scenario.Today.AddDays(-10), "late");
        scenario.Pass(TimeSpan.FromDays(1));
        daemon.Record();
        await daemon.TickAsync(Delivery.AnswerIsLost);
        for (var tick = 0; tick < 3; tick++) await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task A_lost_answer_makes_no_day_gone()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        scenario.Pass(TimeSpan.FromDays(1));
        daemon.Record();
        await daemon.TickAsync(Delivery.AnswerIsLost);
        for (var tick = 0; tick < 3; tick++) await scenario.NextTickAsync(daemon);
        (await scenario.Service.QueryAsync<string>("SELECT bucket_day::text FROM device_days WHERE gone_at IS NOT NULL ORDER BY 1")).ShouldBeEmpty();
    }
}

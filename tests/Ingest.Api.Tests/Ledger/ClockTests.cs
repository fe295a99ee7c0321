using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>A device's clock orders its envelopes, and may be wrong.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task What_a_device_sends_after_its_fast_clock_was_corrected_arrives()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        daemon.Skew = TimeSpan.FromDays(2);
        for (var tick = 0; tick < 4; tick++)
        {
            daemon.Record();
            await scenario.NextTickAsync(daemon);
        }

        await scenario.ShouldHoldAsync(daemon);
        daemon.Skew = TimeSpan.Zero;
        for (var tick = 0; tick < 3; tick++)
        {
            daemon.Record(5);
            await scenario.NextTickAsync(daemon);
        }

        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task What_the_first_tick_of_a_corrected_clock_brings_of_closed_days_is_asked_for_again()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        daemon.Skew = TimeSpan.FromDays(2);
        daemon.Record();
        await scenario.NextTickAsync(daemon);

        daemon.Skew = TimeSpan.Zero;
        daemon.Record(3, scenario.Today.AddDays(-15));
        daemon.Reset();
        for (var tick = 0; tick < 3; tick++) await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Theory]
    [InlineData(-48)]
    [InlineData(48)]
    [InlineData(5)]
    public async Task A_clock_that_jumps_there_and_back_loses_nothing(int hours)
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        for (var turn = 0; turn < 6; turn++)
        {
            daemon.Skew = TimeSpan.FromHours(turn % 2 == 0 ? hours : 0);
            await scenario.LiveAsync(daemon, TimeSpan.FromHours(12), TimeSpan.FromHours(2));
        }

        await scenario.LiveAsync(daemon, TimeSpan.FromHours(4), TimeSpan.FromHours(1));
        await scenario.ShouldHoldAsync(daemon);
    }
}

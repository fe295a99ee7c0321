using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>Two machines with one device id: no server can heal that, but it can tell, and it need not make it dear.</summary>
public sealed class SharedIdTests
{
    private static readonly TimeSpan BetweenTicks = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task Two_machines_with_one_id_are_told_within_a_day_and_send_not_much_more_than_two_with_their_own()
    {
        await using var scenario = await Scenario.StartAsync();
        var (one, other) = (scenario.Daemon(40, "dev_shared"), scenario.Daemon(40, "dev_shared"));
        var (first, second) = (scenario.Daemon(40, "dev_first"), scenario.Daemon(40, "dev_second"));
        foreach (var (day, rows) in other.Days) rows[new LocalKey("main", "terminal")] += day.Day;

        (await SentInADayAsync(scenario, one, other, first, second)).ShouldBeGreaterThan(0);
        (await scenario.Service.StatusAsync("dev_shared")).Text("health.state").ShouldBe("shared_id");
        (await scenario.Service.StatusAsync("dev_first")).Text("health.state").ShouldBe("healthy");

        // The day after the first one, when both sides know all there is.
        var day2 = await SentInADayAsync(scenario, one, other, first, second);
        (await scenario.Service.StatusAsync("dev_shared")).Text("health.state").ShouldBe("shared_id");
        day2.ShouldBeLessThan(3);
        await scenario.ShouldHoldAsync(first);
        await scenario.ShouldHoldAsync(second);
    }

    /// <summary>A machine that was set up from a copy of another one has its history as well; its clock need not be as good.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-40)]
    [InlineData(40)]
    public async Task A_copied_machine_is_told_within_a_day_from_when_both_are_used(int minutesOff)
    {
        await using var scenario = await Scenario.StartAsync();
        var (one, other) = (scenario.Daemon(40, "dev_shared"), scenario.Daemon(40, "dev_shared"));
        other.Skew = TimeSpan.FromMinutes(minutesOff);
        for (var hour = 0; hour < 24; hour++)
        {
            foreach (var daemon in new[] { one, other })
            {
                scenario.Pass(TimeSpan.FromMinutes(30));
                var at = scenario.Now;
                daemon.Record(daemon == one ? 1 : 2);
                await daemon.TickAsync();
                await scenario.ContactIsWrittenAsync("dev_shared", at);
            }
        }

        (await scenario.Service.StatusAsync("dev_shared")).Text("health.state").ShouldBe("shared_id");
    }

    /// <returns>How many rows the two with one id sent for each row of the two with their own.</returns>
    private static async Task<double> SentInADayAsync(Scenario scenario, StockDaemon one, StockDaemon other, StockDaemon first, StockDaemon second)
    {
        var (shared, apart) = (one.RowsSent + other.RowsSent, first.RowsSent + second.RowsSent);
        for (var end = scenario.Now.AddDays(1); scenario.Now < end;)
        {
            scenario.Pass(BetweenTicks / 2);
            foreach (var daemon in new[] { one, first })
            {
                daemon.Record();
                await daemon.TickAsync();
            }

            scenario.Pass(BetweenTicks / 2);
            foreach (var daemon in new[] { other, second })
            {
                daemon.Record(2);
                await daemon.TickAsync();
            }
        }

        var factor = (double)(one.RowsSent + other.RowsSent - shared) / (first.RowsSent + second.RowsSent - apart);
        TestContext.Current.SendDiagnosticMessage($"shared {one.RowsSent + other.RowsSent - shared}, apart {first.RowsSent + second.RowsSent - apart}, factor {factor:0.00}");
        return factor;
    }
}

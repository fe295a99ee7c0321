using Ingest.Testing.Daemons;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Ledger;

/// <summary>Whatever removes stored rows brings the ledger along, and the ledger decides what a device that still has them may bring back.</summary>
public sealed class RemovalTests
{
    [Fact]
    public async Task Days_that_retention_removed_stay_removed_whatever_the_device_sends_of_them()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        var kept = scenario.Today.AddDays(-29);
        await RemoveAsync(scenario.Service, daemon, kept, $"UPDATE device_days SET expired_at = '{scenario.Now:O}'");

        // The device still has them, changes some and sends all of them, by itself and because it is asked to.
        daemon.Record(7, kept.AddDays(-5));
        daemon.Record(7, kept.AddDays(-6), "late");
        daemon.Reset();
        await scenario.NextTickAsync(daemon);
        await scenario.LiveAsync(daemon, TimeSpan.FromDays(9), TimeSpan.FromHours(12));

        (await scenario.StateOfAsync(daemon.DeviceId, kept.AddDays(-5))).ShouldBe("expired");
        foreach (var day in daemon.Days.Keys.Where(day => day < kept).ToList()) daemon.Days.Remove(day);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task Days_that_were_removed_with_their_ledger_are_stored_again_when_they_are_sent_again()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        await RemoveAsync(scenario.Service, daemon, scenario.Today.AddDays(-29), "DELETE FROM device_days");
        (await scenario.LostAsync(daemon)).ShouldNotBeEmpty();
        daemon.Reset();
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    private static async Task RemoveAsync(IngestService service, StockDaemon daemon, DateOnly before, string ledger)
    {
        var where = $"WHERE device_id = '{daemon.DeviceId}' AND bucket_day < '{before:yyyy-MM-dd}'";
        await service.QueryAsync<int>($"BEGIN; DELETE FROM daily_rollups {where}; {ledger} {where}; COMMIT");
    }
}

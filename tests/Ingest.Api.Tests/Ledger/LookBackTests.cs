using System.Net.Http.Json;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Ledger;

/// <summary>What no answer to a single envelope can know: a device is asked again, as a matter of course and on request.</summary>
public sealed class LookBackTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 1)]
    [InlineData(34, 1)]
    [InlineData(50, 7)]
    public async Task A_day_that_changes_late_arrives_within_one_look_back(int daysLate, int periodInDays)
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        daemon.Record(7, scenario.Today.AddDays(-daysLate));
        daemon.Record(8, scenario.Today.AddDays(-daysLate), "late");
        await scenario.NextTickAsync(daemon);
        await scenario.LiveAsync(daemon, TimeSpan.FromDays(periodInDays) + TimeSpan.FromHours(4), TimeSpan.FromHours(2));
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task A_requested_rewind_is_obeyed_shown_in_status_and_puts_right_what_was_altered_behind_the_ledger()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        var day = scenario.Today.AddDays(-40);
        await scenario.Service.QueryAsync<int>(
            $"UPDATE daily_rollups SET message_count = 1, input_tokens = 0 WHERE device_id = '{daemon.DeviceId}' AND bucket_day = '{day:yyyy-MM-dd}' AND git_branch = 'main'");
        (await scenario.LostAsync(daemon)).ShouldNotBeEmpty();

        var order = await scenario.Service.Client.PostAsJsonAsync(
            "/v1/ingest/rewind", new Dictionary<string, object> { ["device_id"] = daemon.DeviceId, ["from"] = $"{day:yyyy-MM-dd}", ["verify"] = true });
        (await ServiceAnswer.ReadAsync(order)).ShouldBeStored();
        var waiting = await scenario.Service.StatusAsync(daemon.DeviceId);
        waiting.Text("rewinds.requested.from").ShouldBe($"{day:yyyy-MM-dd}");
        waiting["rewinds.pending"].ShouldBeNull();

        await scenario.NextTickAsync(daemon);
        var pending = await scenario.Service.StatusAsync(daemon.DeviceId);
        pending["rewinds.requested"].ShouldBeNull();
        pending.Text("rewinds.pending.reason").ShouldBe("requested");
        daemon.Watermark.ShouldBe($"{day.AddDays(-1):yyyy-MM-dd}");

        (await scenario.NextTickAsync(daemon))[0].Days[0].ShouldBe(day);
        await scenario.ShouldHoldAsync(daemon);
        var past = await scenario.Service.StatusAsync(daemon.DeviceId);
        past["rewinds.past"]![0]!["reason"]!.GetValue<string>().ShouldBe("requested");
        past["rewinds.past"]![0]!["outcome"]!.GetValue<string>().ShouldBe("obeyed");

        // It was not the device that changed, so nothing is asked for again.
        past["rewinds.pending"].ShouldBeNull();
    }
}

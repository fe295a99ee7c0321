using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>The newest snapshot of a day is the truth: what it no longer names does not count, and what it names badly is not forgotten.</summary>
public sealed class SnapshotTests
{
    private static readonly LocalKey Main = new("main", "terminal");
    private static readonly LocalKey Topic = new("topic", "vscode");

    [Fact]
    public async Task Rows_that_change_their_key_on_the_device_count_once()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = new StockDaemon(ServiceFixture.NewDevice(), scenario.Time, scenario.Service.Client);
        for (var ago = 40; ago >= 0; ago--) daemon.Record(10 + ago, scenario.Today.AddDays(-ago), surface: "unknown");
        await daemon.TickAsync();
        await scenario.ShouldHoldAsync(daemon);

        // The update that brings surfaces uploads everything again.
        foreach (var rows in daemon.Days.Values)
        {
            rows.Remove(new LocalKey("main", "unknown"), out var messages);
            rows[Main] = messages;
        }

        daemon.Reset();
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);

        foreach (var ago in new[] { 0, 3, 40 })
        {
            var rows = await RowsAsync(scenario, daemon, scenario.Today.AddDays(-ago));
            rows.ShouldBe(["main terminal live", "main unknown ghost"]);
        }

        // Named again they live again.
        foreach (var rows in daemon.Days.Values) rows[new LocalKey("main", "unknown")] = 3;
        daemon.Reset();
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_good_row_that_turns_bad_keeps_its_last_good_values_until_it_is_truly_removed(int daysAgo)
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        var day = scenario.Today.AddDays(-daysAgo);
        daemon.Record(3, day, Topic.Branch, Topic.Surface);
        await scenario.NextTickAsync(daemon);
        daemon.Spoil(day, Topic);
        daemon.Record(5, day);
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);

        (await scenario.Service.StatusAsync(daemon.DeviceId))["quarantined_rows"]!.GetValue<long>().ShouldBe(1);
        var told = (await scenario.Service.GetAsync($"/v1/ingest/rows?device_id={daemon.DeviceId}&bucket_day={day:yyyy-MM-dd}")).ShouldBeStored();
        told["rows"]!.AsArray().Select(row => $"{row!["git_branch"]} {row["state"]}").ShouldBe(["main live", "topic live"]);
        told["quarantined"]!.AsArray().ShouldHaveSingleItem()!["row"]!["git_branch"]!.GetValue<string>().ShouldBe("topic");

        daemon.Days[day].Remove(Topic);
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
        (await RowsAsync(scenario, daemon, day)).ShouldBe(["main terminal live", "topic vscode ghost"]);
    }

    [Fact]
    public async Task A_day_that_the_device_no_longer_has_is_gone_still_counts_and_comes_back_when_it_is_named_again()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        var day = scenario.Today.AddDays(-50);
        daemon.Days.Remove(day, out var rows);
        await scenario.LiveAsync(daemon, TimeSpan.FromDays(6), TimeSpan.FromHours(8));
        (await scenario.StateOfAsync(daemon.DeviceId, day)).ShouldBe("complete");

        await scenario.LiveAsync(daemon, TimeSpan.FromDays(2), TimeSpan.FromHours(8));
        (await scenario.StateOfAsync(daemon.DeviceId, day)).ShouldBe("gone");
        var stored = await scenario.LiveRowsAsync(daemon.DeviceId);
        stored.Count(row => row.StartsWith($"{day:yyyy-MM-dd}", StringComparison.Ordinal)).ShouldBe(2);
        var usage = (await scenario.Service.GetAsync($"/v1/usage?from={day:yyyy-MM-dd}&to={day.AddDays(1):yyyy-MM-dd}&device_id={daemon.DeviceId}")).ShouldBeStored();
        usage["totals.message_count"]!.GetValue<long>().ShouldBe(rows!.Values.Sum());
        foreach (var other in daemon.Days.Keys.Where(other => other < scenario.Today.AddDays(-4)))
            (await scenario.StateOfAsync(daemon.DeviceId, other)).ShouldBe("complete", $"{other:yyyy-MM-dd}");

        daemon.Days[day] = rows;
        daemon.Reset();
        await scenario.NextTickAsync(daemon);
        (await scenario.StateOfAsync(daemon.DeviceId, day)).ShouldBe("complete");
        await scenario.ShouldHoldAsync(daemon);
    }

    private static async Task<List<string>> RowsAsync(Scenario scenario, StockDaemon daemon, DateOnly day)
    {
        var told = (await scenario.Service.GetAsync($"/v1/ingest/rows?device_id={daemon.DeviceId}&bucket_day={day:yyyy-MM-dd}")).ShouldBeStored();
        return [.. told["rows"]!.AsArray().Select(row => $"{row!["git_branch"]} {row["surface"]} {row["state"]}")];
    }
}

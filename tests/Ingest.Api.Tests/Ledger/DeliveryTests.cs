using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>The wire repeats and holds back; the server is none the wiser for it, nor worse.</summary>
public sealed class DeliveryTests
{
    private static readonly LocalKey Main = new("main", "terminal");

    [Fact]
    public async Task The_same_chunks_once_more_write_nothing()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        daemon.ChunkRows = 30;
        daemon.Reset();
        var chunks = await scenario.NextTickAsync(daemon);
        chunks.Count.ShouldBeGreaterThan(3);
        var before = await scenario.Service.QueryAsync<string>(RowVersions(daemon));
        foreach (var chunk in chunks.Concat(chunks.Reverse())) await daemon.DeliverAsync(chunk);
        (await scenario.Service.QueryAsync<string>(RowVersions(daemon))).ShouldBe(before);
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task A_chunk_that_comes_after_a_later_one_changes_nothing()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        daemon.Reset();
        daemon.Record(3, scenario.Today.AddDays(-30), "short-lived");
        var late = (await scenario.NextTickAsync(daemon, Delivery.HeldBack)).ShouldHaveSingleItem();

        // Meanwhile the device has other things to tell of open and of closed days.
        daemon.Days[scenario.Today.AddDays(-30)].Remove(new LocalKey("short-lived", "terminal"));
        foreach (var ago in new[] { 0, 1, 30 })
        {
            daemon.Record(5, scenario.Today.AddDays(-ago));
            daemon.Record(6, scenario.Today.AddDays(-ago), "new");
        }

        daemon.Days[scenario.Today.AddDays(-20)][Main] -= 4;
        daemon.Reset();
        await scenario.NextTickAsync(daemon);
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);

        scenario.Pass(TimeSpan.FromMinutes(20));
        await daemon.DeliverAsync(late);
        await scenario.ShouldHoldAsync(daemon);
        for (var tick = 0; tick < 3; tick++) await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    /// <summary>Late by the same amount are also two chunks that one proxy held back, with one in order between them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_chunks_that_are_equally_late_change_nothing_where_one_in_order_came_between_them(bool atAnotherInstance)
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        await using var other = await scenario.InstanceAsync();
        for (var round = 0; round < 2; round++)
        {
            daemon.Record(5);
            var late = (await scenario.NextTickAsync(daemon, Delivery.HeldBack)).ShouldHaveSingleItem();
            daemon.Record(5);
            await scenario.NextTickAsync(daemon);
            await scenario.ContactIsWrittenAsync(daemon.DeviceId, scenario.Now.AddMinutes(-1));

            scenario.MoveTo(late.SentAt.AddMinutes(20));
            if (atAnotherInstance) daemon.Server = other.Client;
            await daemon.DeliverAsync(late);
            daemon.Server = scenario.Service.Client;
            await scenario.ContactIsWrittenAsync(daemon.DeviceId, scenario.Now.AddMinutes(-1));
            await scenario.ShouldHoldAsync(daemon);
        }
    }

    private static string RowVersions(StockDaemon daemon) =>
        $"""
        SELECT 'row ' || t.xmin || ' ' || t::text FROM daily_rollups AS t WHERE device_id = '{daemon.DeviceId}'
        UNION ALL SELECT 'day ' || t.xmin || ' ' || t::text FROM device_days AS t WHERE device_id = '{daemon.DeviceId}'
        ORDER BY 1
        """;
}

using System.Text;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Rewinds;

/// <summary>What becomes of a request: a device is told, goes back, and status follows it.</summary>
public sealed class RewindTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;
    private static readonly DateOnly Long = Today.AddDays(-30);

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task A_device_that_is_asked_is_told_goes_back_and_is_told_no_longer()
    {
        var device = ServiceFixture.NewDevice();
        (await SyncAsync(Service, device, 0, Long, Today)).ShouldBe("2026-05-11");
        await RequestAsync($$"""{"device_id":"{{device}}","from":"2026-04-20"}""");
        var waiting = await Service.StatusAsync(device);
        waiting["rewinds.requested"]!.ToJsonString().ShouldBe("""{"from":"2026-04-20","verify":false}""");
        waiting["rewinds.pending"].ShouldBeNull();

        (await SyncAsync(Service, device, 1, Today)).ShouldBe("2026-04-19");
        var told = await Service.StatusAsync(device);
        told["rewinds.requested"].ShouldBeNull();
        told.Text("rewinds.pending.reason").ShouldBe("requested");
        told.Text("rewinds.pending.from").ShouldBe("2026-04-20");
        told.Text("watermark").ShouldBe("2026-05-11");

        (await SyncAsync(Service, device, 2, new DateOnly(2026, 4, 25), Today)).ShouldBe("2026-05-11");
        var over = await Service.StatusAsync(device);
        over["rewinds.pending"].ShouldBeNull();
        over["rewinds.past"]!.AsArray().ShouldHaveSingleItem()!["outcome"]!.GetValue<string>().ShouldBe("obeyed");
    }

    [Fact]
    public async Task Asking_all_devices_does_not_make_all_of_them_send_at_once()
    {
        await using var slow = await fixture.InstanceAsync(("Ledger:LookBacksPerMinute", "2"));
        var devices = Enumerable.Range(0, 5).Select(_ => ServiceFixture.NewDevice()).ToArray();
        foreach (var device in devices) await SyncAsync(slow, device, 0, Long, Today);
        await RequestAsync("""{"all":true}""");

        var answers = new List<string?>();
        foreach (var device in devices) answers.Add(await SyncAsync(slow, device, 1, Today));
        answers.Count(watermark => watermark != "2026-05-11").ShouldBe(2);
        var ids = string.Join(", ", devices.Select(device => $"'{device}'"));
        (await Service.QueryAsync<long>($"SELECT count(*) FROM devices WHERE requested_from IS NOT NULL AND device_id IN ({ids})")).ShouldBe([3]);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 999)]
    public async Task Only_where_it_is_asked_for_are_equal_digests_not_believed(bool verify, long stored)
    {
        var device = ServiceFixture.NewDevice();
        await SyncAsync(Service, device, 0, Long, Today);
        await Service.QueryAsync<int>($"UPDATE daily_rollups SET message_count = 999 WHERE device_id = '{device}' AND bucket_day = '{Long:yyyy-MM-dd}'");
        await RequestAsync($$"""{"device_id":"{{device}}","verify":{{(verify ? "true" : "false")}}}""");
        await SyncAsync(Service, device, 1, Today);
        await SyncAsync(Service, device, 2, Long, Today);
        (await Service.QueryAsync<long>($"SELECT message_count FROM daily_rollups WHERE device_id = '{device}' AND bucket_day = '{Long:yyyy-MM-dd}'")).ShouldBe([stored]);
    }

    private static async Task<string?> SyncAsync(IngestService service, string device, int tick, params DateOnly[] days)
    {
        var envelope = ServiceFixture.Envelope(device, ServiceFixture.Start.AddSeconds(tick));
        foreach (var day in days) envelope = envelope.Rollup(day, row => row.Messages(1));
        return (await service.PostAsync(envelope, ("User-Agent", "ureq/2.12.1"))).ShouldBeStored().Text("watermark");
    }

    private async Task RequestAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        (await ServiceAnswer.ReadAsync(await Service.Client.PostAsync(new Uri("/v1/ingest/rewind", UriKind.Relative), content))).ShouldBeStored();
    }
}

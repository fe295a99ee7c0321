using System.Collections.Concurrent;
using Ingest.Testing.Faults;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Limits;

public sealed class DeviceCapTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    [Fault(FaultArea.Limits, "New devices rush a workspace that is nearly full, over two instances", "P3 P7")]
    public async Task The_cap_is_exact_over_two_instances()
    {
        const int Cap = 10, Rush = 60;
        var rounds = FaultRun.Times(brief: 1, full: 10);
        var stored = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var database = await TestDatabase.CreateAsync();
            await using var one = await IngestService.StartAsync(database, fixture.Time, ("Limits:DevicesPerWorkspace", $"{Cap}"));
            await using var other = await IngestService.StartAsync(database, fixture.Time, ("Limits:DevicesPerWorkspace", $"{Cap}"));
            var let = new ConcurrentBag<string>();
            await Parallel.ForAsync(0, Rush, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            {
                var device = ServiceFixture.NewDevice();
                var answer = await (i % 2 == 0 ? one : other).PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today));
                if ((int)answer.Status == 200) let.Add(device);
                else answer.ShouldBeRefused(403, "device_cap_reached").Text("detail")!.ShouldContain("Limits__DevicesPerWorkspace");
            });

            let.Count.ShouldBe(Cap);
            (await one.QueryAsync<string>("SELECT device_id::text FROM devices")).ShouldBe(let, ignoreOrder: true);
            (await one.QueryAsync<string>("SELECT DISTINCT device_id::text FROM daily_rollups")).ShouldBe(let, ignoreOrder: true);

            // A full workspace is full for newcomers only.
            foreach (var device in let) (await other.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeStored();
            stored += let.Count;
        }

        FaultRun.Report($"{rounds} times {Rush} new devices for {Cap} places", $"{stored} stored, {rounds * Rush - stored} answered 403, 0 rows of those");
    }
}

using System.Globalization;
using System.Net.Http.Json;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Order;

/// <summary>The server's calendar jumps. The order of a device's envelopes is told by the device's own clock, and hangs on no other.</summary>
public sealed class ClockTests
{
    private static readonly (string Name, string Value)[] Virtual =
        [.. Settings.Unlimited, ("DOTNET_ENVIRONMENT", "Development"), ("ASPNETCORE_ENVIRONMENT", "Development"), ("Development:Clock", "virtual")];

    [Fact]
    [Fault(FaultArea.Order, "The server's clock jumps back and forth, by up to 40 days, under load", "P1 P6 P7")]
    public async Task Jumps_of_the_servers_clock_lose_nothing_and_turn_nothing_around()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await ServiceProcess.StartAsync(database.ConnectionString, Virtual);
        using var client = new HttpClient { BaseAddress = service.Address };

        // Days close and open again as the calendar jumps, and of a closed day that changes all the time nothing is retired: no rows that come and go.
        var plan = LoadPlan.Of(devices: 16) with { HasGhosts = false };
        await using var load = EnvelopeLoad.Start(plan, service.Address);
        var random = new Random(5);
        var jumps = FaultRun.Times(10, 200);
        for (var jump = 0; jump < jumps; jump++)
        {
            await load.AcknowledgedAsync(random.Next(1, 200));
            var now = plan.Start + TimeSpan.FromDays(random.NextDouble() * 80 - 40);
            using var set = await client.PutAsJsonAsync(new Uri("/development/clock", UriKind.Relative), new { now = now.ToString("O", CultureInfo.InvariantCulture) });
            set.EnsureSuccessStatusCode();
        }

        await load.AcknowledgedAsync(100);
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        load.History.Unanswered.ShouldBe(0, load.History.ToString());
        FaultRun.Report($"{jumps} jumps", $"{load.History.Acknowledged} acknowledged, none refused, 0 lost, 0 out of order");
    }
}

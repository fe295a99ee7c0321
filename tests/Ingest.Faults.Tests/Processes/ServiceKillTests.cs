using Ingest.Faults.Tests.Load;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Processes;

/// <summary>The service ends at any moment; whoever supervises it starts it again, and does nothing else.</summary>
public sealed class ServiceKillTests
{
    [Fact]
    [Fault(FaultArea.Processes, "The service is killed (-9) under load", "P1 P3 P7")]
    public async Task A_service_that_is_killed_has_stored_what_it_acknowledged_and_nothing_in_part()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await ServiceProcess.StartAsync(database.ConnectionString, Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        var random = new Random(1);
        var kills = FaultRun.Times(2, 50);
        var longest = TimeSpan.Zero;
        for (var kill = 0; kill < kills; kill++)
        {
            await load.AcknowledgedAsync(random.Next(1, 400));
            await service.KillAsync();
            using var hold = load.HoldHalf();
            service.Start();
            var took = await service.ReadyAsync();
            longest = took > longest ? took : longest;
            await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        }

        await load.AcknowledgedAsync(100);
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        load.History.Unanswered.ShouldBePositive("the kills hit nobody");
        FaultRun.Report($"{kills} kills", $"{load.History.Acknowledged} acknowledged, 0 lost, 0 in part; ready after {longest.TotalSeconds:0.0} s at most");
    }
}

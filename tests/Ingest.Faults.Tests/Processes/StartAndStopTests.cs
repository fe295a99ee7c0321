using Ingest.Faults.Tests.Database;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Processes;

/// <summary>What is under way when the service ends is finished; what is missing when it begins is waited for.</summary>
public sealed class StartAndStopTests
{
    [Fact]
    [Fault(FaultArea.Processes, "The service is stopped (TERM) under load", "P1 P3 P7")]
    public async Task A_service_that_is_stopped_answers_all_it_has_accepted()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await ServiceProcess.StartAsync(database.ConnectionString, Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 32), service.Address);
        var random = new Random(4);
        var stops = FaultRun.Times(1, 20);
        for (var stop = 0; stop < stops; stop++)
        {
            await load.AcknowledgedAsync(random.Next(32, 500));
            (await service.StopAsync()).ShouldBe(0);
            await StoredParts.ShouldBeAcknowledgedAsync(database.DataSource, load.History);
            await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
            service.Start();
            await service.ReadyAsync();
        }

        await load.AcknowledgedAsync(100);
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        FaultRun.Report($"{stops} stops", $"{load.History.Acknowledged} acknowledged, 0 stored without their answer, 0 lost, 0 in part; exit code 0");
    }

    [Fact]
    [Fault(FaultArea.Processes, "The service is started while Postgres is away", "P1 P7")]
    public async Task A_service_that_starts_before_its_Postgres_waits_and_says_so()
    {
        await using var postgres = await OwnPostgres.StartNewAsync();
        await postgres.StopAsync();
        await using var service = new ServiceProcess(postgres.ConnectionString, Settings.Unlimited);
        service.Start();
        await Eventually.TrueAsync(async () => await service.HealthAsync() == "database_away", "the service says what it waits for", TimeSpan.FromMinutes(1));
        service.Log().ShouldContain(line => line.Contains("The database does not answer; the service waits for it", StringComparison.Ordinal));
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        await load.RefusedAsync(50);
        load.History.Acknowledged.ShouldBe(0);

        await postgres.StartAsync();
        var took = await service.ReadyAsync();
        await load.AcknowledgedAsync(100);
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(postgres.DataSource, load.History);
        FaultRun.Report("1 start", $"{load.History.Unanswered} answered 503 meanwhile; ready {took.TotalSeconds:0.0} s after Postgres");
    }
}

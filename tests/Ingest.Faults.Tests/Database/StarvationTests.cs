using System.Globalization;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Faults.Tests.Database;

/// <summary>Postgres is there, but others hold what the service needs of it.</summary>
public sealed class StarvationTests
{
    [Fact]
    [Fault(FaultArea.Database, "A foreign session holds ACCESS EXCLUSIVE on daily_rollups under load", "P1 P3 P7")]
    public async Task While_a_table_is_locked_envelopes_wait_or_are_told_to_come_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await ServiceProcess.StartAsync(database.ConnectionString, Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        var (times, seconds) = (FaultRun.Times(1, 2), FaultRun.Times(1, 25));
        for (var time = 0; time < times; time++)
        {
            await load.AcknowledgedAsync(100);
            using var hold = load.HoldHalf();
            await LockAsync(database, seconds);
            await load.AcknowledgedAsync(100);
            await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        }

        await service.ReadyAsync();
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        FaultRun.Report(
            $"{times} locks of {seconds} s", $"{load.History.Acknowledged} acknowledged, {load.History.Unanswered} answered 503, 0 lost, 0 in part");
    }

    [Fact]
    [Fault(FaultArea.Database, "Others use up max_connections, and the service loses its own", "P1 P3 P7")]
    public async Task While_there_is_no_connection_left_everything_is_503_and_then_goes_on()
    {
        await using var postgres = await OwnPostgres.StartNewAsync();
        await using var service = await ServiceProcess.StartAsync(postgres.ConnectionString, Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        var times = FaultRun.Times(1, 10);
        for (var time = 0; time < times; time++)
        {
            await load.AcknowledgedAsync(100);
            using var hold = load.HoldHalf();
            var hoard = new List<NpgsqlConnection>();
            await HoardAsync(postgres, hoard);
            await ExecuteAsync(hoard[0], "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ingest'");

            // Whoever comes first takes what became free; in the end all of it is here.
            var refused = load.RefusedAsync(100);
            while (!refused.IsCompleted)
            {
                await HoardAsync(postgres, hoard);
                await ExecuteAsync(hoard[0], "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ingest'");
            }

            foreach (var connection in hoard) await connection.DisposeAsync();
            await load.AcknowledgedAsync(100);
            await StoredParts.ShouldAgreeAsync(postgres.DataSource, load.History);
        }

        await service.ReadyAsync();
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(postgres.DataSource, load.History);
        FaultRun.Report($"{times} times", $"{load.History.Acknowledged} acknowledged, {load.History.Unanswered} answered 503, 0 lost, 0 in part");
    }

    [Fact]
    [Fault(FaultArea.Database, "The service has two connections for readers, and 64 read at once", "P1 P7")]
    public async Task Readers_that_starve_the_pool_keep_no_envelope_waiting()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await ServiceProcess.StartAsync(database.ConnectionString + ";Maximum Pool Size=2", Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        using var client = new HttpClient { BaseAddress = service.Address, DefaultRequestHeaders = { Authorization = new("Bearer", IngestService.Key) } };
        var (answered, statuses) = (FaultRun.Times(300, 5_000), new int[600]);
        var enough = load.AcknowledgedAsync(answered);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            while (!enough.IsCompleted)
            {
                using var answer = await client.GetAsync(new Uri($"/v1/ingest/status?device_id={load.History.Plan.DeviceOf(0)}", UriKind.Relative));
                Interlocked.Increment(ref statuses[(int)answer.StatusCode]);
            }
        }));
        await enough;
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        load.History.Unanswered.ShouldBe(0, load.History.ToString());
        var seen = Enumerable.Range(0, statuses.Length).Where(status => statuses[status] > 0).ToList();
        seen.ShouldBeSubsetOf([200, 503, 404]);
        FaultRun.Report(
            $"{statuses.Sum()} reads",
            $"{load.History.Acknowledged} acknowledged, none refused; reads answered {string.Join(", ", seen.Select(status => $"{statuses[status]} × {status}"))}");
    }

    private static async Task LockAsync(TestDatabase database, int seconds)
    {
        await using var holder = await database.DataSource.OpenConnectionAsync();
        await using var hold = await holder.BeginTransactionAsync();
        await ExecuteAsync(holder, "LOCK TABLE daily_rollups IN ACCESS EXCLUSIVE MODE");
        await ExecuteAsync(holder, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_sleep({seconds})"));
    }

    private static async Task HoardAsync(OwnPostgres postgres, List<NpgsqlConnection> hoard)
    {
        while (true)
        {
            var connection = new NpgsqlConnection(postgres.Processes.AdministratorConnectionString);
            try
            {
                await connection.OpenAsync();
                hoard.Add(connection);
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
                return;
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}

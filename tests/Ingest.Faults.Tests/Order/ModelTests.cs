using System.Globalization;
using System.Net;
using Ingest.Faults.Tests.Database;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Faults.Tests.Order;

/// <summary>
/// Two instances on one database, devices that post to both at once and in any order, and whatever can break breaks at random; what is stored is held against the
/// sequential model after each round. A round follows from its seed, as far as processes allow: <c>INGEST_FAULT_SEED=17</c> runs that one again.
/// </summary>
public sealed class ModelTests
{
    private const int FaultsOfRound = 3;

    [Fact]
    [Fault(FaultArea.Order, "Two instances, posts of the same and of different devices in any order, repeats, partial snapshots, random faults", "P1 P2 P3 P6 P7")]
    public async Task Whatever_breaks_the_history_agrees_with_the_sequential_model()
    {
        await using var postgres = await OwnPostgres.StartNewAsync();
        await using var relay = new Relay(postgres.ConnectionString);
        await using var one = await ServiceProcess.StartAsync(relay.ConnectionString, Settings.Unlimited);
        await using var other = await ServiceProcess.StartAsync(postgres.ConnectionString, Settings.Unlimited);
        await using var way = new TcpRelay(new IPEndPoint(IPAddress.Loopback, other.Address.Port));
        (string Name, Func<Task> Break)[] faults =
        [
            ("one instance killed", () => KillAsync(one)),
            ("the other instance killed", () => KillAsync(other)),
            ("way of one instance to Postgres cut", () => Task.FromResult(relay.Way.CutOpen())),
            ("way of devices to the other instance cut", () => Task.FromResult(way.CutOpen())),
            ("a session of Postgres killed", postgres.Processes.KillSessionAsync),
            ("Postgres stopped and started", () => RestartAsync(postgres)),
        ];

        var (rounds, parts, broken, acknowledged, unanswered) = (0, 0, 0, 0L, 0L);
        foreach (var seed in Seeds())
        {
            var random = new Random(seed);
            var plan = LoadPlan.Of(devices: 6) with { Prefix = $"dev_{seed.ToString(CultureInfo.InvariantCulture)}", IsPartial = true };
            await using var load = EnvelopeLoad.StartShuffled(plan, seed, one.Address, new Uri($"http://{way.Address}"));
            for (var fault = 0; fault < FaultsOfRound; fault++)
            {
                await load.AcknowledgedAsync(random.Next(20, 200));
                var (name, breaks) = faults[random.Next(faults.Length)];
                TestContext.Current.SendDiagnosticMessage("seed {0}: {1}", seed, name);
                await breaks();
                using var hold = load.HoldHalf();
                broken++;
                await load.AcknowledgedAsync(10);
                parts += await AgreeAsync(postgres, load.History, seed);
            }

            await load.StopAsync();
            await Task.WhenAll(one.ReadyAsync(), other.ReadyAsync());
            parts += await AgreeAsync(postgres, load.History, seed);
            rounds++;
            (acknowledged, unanswered) = (acknowledged + load.History.Acknowledged, unanswered + load.History.Unanswered);
        }

        FaultRun.Report(
            $"{rounds} seeds, {broken} faults",
            $"{acknowledged} acknowledged, {unanswered} refused or unanswered; {parts} days and sessions agree with the model, 0 lost, 0 in part, 0 out of order");
    }

    private static IEnumerable<int> Seeds() => Environment.GetEnvironmentVariable("INGEST_FAULT_SEED") is { Length: > 0 } seed
        ? [int.Parse(seed, CultureInfo.InvariantCulture)]
        : Enumerable.Range(1, FaultRun.Times(1, 40));

    private static async Task<int> AgreeAsync(OwnPostgres postgres, History history, int seed)
    {
        var parts = 0;
        try
        {
            // Postgres may just be recovering.
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        parts = await StoredParts.ShouldAgreeAsync(postgres.DataSource, history);
                        return true;
                    }
                    catch (NpgsqlException)
                    {
                        return false;
                    }
                },
                "Postgres can be read",
                TimeSpan.FromMinutes(1));
            return parts;
        }
        catch (ShouldAssertException wrong)
        {
            throw new ShouldAssertException($"INGEST_FAULT_SEED={seed}: {wrong.Message}", wrong);
        }
    }

    private static async Task KillAsync(ServiceProcess service)
    {
        await service.KillAsync();
        service.Start();
    }

    private static async Task RestartAsync(OwnPostgres postgres)
    {
        await postgres.StopAsync();
        await postgres.StartAsync();
    }
}

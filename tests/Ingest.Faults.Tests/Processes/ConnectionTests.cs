using System.Diagnostics;
using System.Net;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Processes;

/// <summary>Connections that break in the middle of a request, an answer, a transaction or a commit.</summary>
public sealed class ConnectionTests
{
    private static readonly byte[] Commit = "COMMIT"u8.ToArray();

    private readonly Random _random = new(3);

    [Fact]
    [Fault(FaultArea.Processes, "Connections of devices are cut in the middle of requests and answers", "P1 P2 P3")]
    public async Task Envelopes_whose_connection_is_cut_are_stored_whole_or_not_at_all()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await ServiceProcess.StartAsync(database.ConnectionString, Settings.Unlimited);
        await using var way = new TcpRelay(new IPEndPoint(IPAddress.Loopback, service.Address.Port));
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), new Uri($"http://{way.Address}"));
        var (times, cut, waits) = (FaultRun.Times(20, 500), 0, new List<TimeSpan>());
        for (var time = 0; time < times; time++)
        {
            var watch = Stopwatch.StartNew();
            await load.AcknowledgedAsync(_random.Next(1, 60));
            waits.Add(watch.Elapsed);
            cut += way.CutOpen();
            using var hold = load.HoldHalf();
            await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        }

        await EndAsync(load, database, service);
        waits.Count(wait => wait > TimeSpan.FromSeconds(4)).ShouldBeLessThan(times / 5, "the statements of clients that left are called off, and nobody waits for that");
        service.Log().Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" warn: ", StringComparison.Ordinal))
            .ShouldBeEmpty("that clients leave is no fault");
        FaultRun.Report(
            $"{cut} connections cut",
            $"{load.History.Acknowledged} acknowledged, {load.History.Unanswered} without an answer, 0 lost, 0 in part; "
            + $"nobody waited longer than {waits.Max().TotalSeconds:0.0} s");
    }

    [Fact]
    [Fault(FaultArea.Database, "Connections of the service to Postgres are cut, at random and behind COMMIT", "P1 P3 P7")]
    public async Task A_commit_whose_answer_is_lost_is_told_as_a_fault_of_ours()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var relay = new Relay(database.ConnectionString);
        await using var service = await ServiceProcess.StartAsync(relay.ConnectionString, Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        await load.AcknowledgedAsync(50);
        var (times, cut, commits) = (FaultRun.Times(5, 100), 0, 0);
        relay.Way.CutsBehind = data =>
        {
            if (data.Span.IndexOf(Commit) < 0 || Random.Shared.Next(20) != 0) return false;
            Interlocked.Increment(ref commits);
            return true;
        };
        for (var time = 0; time < times; time++)
        {
            await load.AcknowledgedAsync(_random.Next(1, 300));
            cut += relay.Way.CutOpen();
            using var hold = load.HoldHalf();
            await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        }

        relay.Way.CutsBehind = null;
        await EndAsync(load, database, service);
        commits.ShouldBePositive();
        FaultRun.Report(
            $"{cut} connections cut, and {commits} behind COMMIT",
            $"{load.History.Acknowledged} acknowledged, {load.History.Unanswered} answered 503, 0 lost, 0 in part");
    }

    private static async Task EndAsync(EnvelopeLoad load, TestDatabase database, ServiceProcess service)
    {
        await load.AcknowledgedAsync(100);
        await service.ReadyAsync();
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);
        load.History.Unanswered.ShouldBePositive("the cuts hit nobody");
    }
}

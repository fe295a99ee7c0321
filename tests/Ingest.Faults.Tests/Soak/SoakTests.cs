using System.Diagnostics;
using System.Globalization;
using Ingest.Faults.Tests.Database;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Soak;

/// <summary>
/// Half of what the machine can carry, for as long as <c>INGEST_SOAK_MINUTES</c> says: three minutes in <c>./test --faults</c>, and some seconds in brief, which
/// only show that it runs. What is taken in the first fifth, once warm, is held against the last fifth.
/// </summary>
public sealed class SoakTests
{
    private const double Megabyte = 1024 * 1024;

    /// <summary>In seconds, whatever else the machine does would decide.</summary>
    private static readonly TimeSpan LongEnoughForLatency = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(
        Environment.GetEnvironmentVariable("INGEST_SOAK_MINUTES") is { Length: > 0 } minutes
            ? double.Parse(minutes, CultureInfo.InvariantCulture)
            : FaultRun.IsFull ? 3 : 0.05);

    [Fact]
    [Fault(FaultArea.Operations, "Half load for long", "P1 P3")]
    public async Task Memory_latency_connections_and_tables_stay_as_they_are_under_half_load()
    {
        await using var postgres = await OwnPostgres.StartNewAsync();
        await using var service = await ServiceProcess.StartAsync(postgres.ConnectionString, Settings.Unlimited);
        var plan = LoadPlan.Of(FaultRun.Times(50, 500)) with { HasClosedDay = false, HasGhosts = false };
        var half = await CapacityAsync(service, plan with { Prefix = plan.Prefix + "-full" }) / 2;

        var (latencies, samples) = (new Latencies(), new List<Sample>());
        await using var load = EnvelopeLoad.StartPaced(plan, half, latencies.Add, service.Address);
        await load.AcknowledgedAsync(2 * plan.Devices);
        using var every = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(100, Duration.TotalMilliseconds / 400)));
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Duration;)
        {
            samples.Add(await Sample.TakeAsync(service, postgres.DataSource));
            await every.WaitForNextTickAsync();
        }

        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(postgres.DataSource, load.History);
        load.History.Unanswered.ShouldBe(0, load.History.ToString());
        Judge(samples, latencies, load.History.Acknowledged, half);
    }

    private static async Task<double> CapacityAsync(ServiceProcess service, LoadPlan plan)
    {
        await using var load = EnvelopeLoad.Start(plan with { Devices = 32 }, service.Address);
        var warm = TimeSpan.FromSeconds(Math.Clamp(Duration.TotalSeconds / 20, 1, 20));
        using var timer = new PeriodicTimer(warm);
        await timer.WaitForNextTickAsync();
        var (before, watch) = (load.History.Acknowledged, Stopwatch.StartNew());
        await timer.WaitForNextTickAsync();
        return (load.History.Acknowledged - before) / watch.Elapsed.TotalSeconds;
    }

    private static void Judge(List<Sample> samples, Latencies latencies, long acknowledged, double rate)
    {
        // The first tenth warms up.
        var (early, late) = (samples[(samples.Count / 10)..(samples.Count * 3 / 10)], samples[(samples.Count * 8 / 10)..]);
        var (before, after) = (latencies.Between(early[0].At, early[^1].At), latencies.Between(late[0].At, late[^1].At));
        var figures = $"{acknowledged} acknowledged at {rate:0}/s; memory {Memory(early):0} to {Memory(late):0} MB; "
            + $"p50 {before.P50:0.0} to {after.P50:0.0} ms, p99 {before.P99:0} to {after.P99:0} ms; "
            + $"{Most(early, sample => sample.Connections)} to {Most(late, sample => sample.Connections)} connections; "
            + $"hot tables {Most(early, sample => sample.HotBytes) / Megabyte:0.0} to {Most(late, sample => sample.HotBytes) / Megabyte:0.0} MB "
            + $"with {late[^1].LiveRows} rows, {Most(late, sample => sample.DeadRows)} dead at most; "
            + $"{late[^1].Vacuums} vacuums; attempts {late[^1].AttemptBytes / Megabyte:0} MB";

        Memory(late).ShouldBeLessThan(Memory(early) * 1.2 + 32, figures);
        Most(late, sample => sample.Connections).ShouldBeLessThanOrEqualTo(Most(early, sample => sample.Connections) + 2, figures);
        Most(late, sample => sample.HotBytes).ShouldBeLessThan((long)(Most(early, sample => sample.HotBytes) * 1.5 + 4 * Megabyte), figures);
        if (Duration >= LongEnoughForLatency)
        {
            after.P50.ShouldBeLessThan(before.P50 * 1.5 + 5, figures);
            after.P99.ShouldBeLessThan(before.P99 * 2 + 100, figures);
        }

        FaultRun.Report($"{Duration.TotalMinutes:0.#} minutes", figures);
    }

    private static double Memory(List<Sample> samples) => samples.Select(sample => sample.MemoryBytes).Order().ElementAt(samples.Count / 2) / Megabyte;

    private static long Most(List<Sample> samples, Func<Sample, long> figure) => samples.Max(figure);
}

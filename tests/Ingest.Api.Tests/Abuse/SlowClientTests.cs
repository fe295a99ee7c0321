using System.Diagnostics;
using System.Text;
using Ingest.Domain.Identity;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Abuse;

/// <summary>Clients that take their time: each ends within what is configured, and none holds up another.</summary>
public sealed class SlowClientTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Head(int length) =>
        $"POST /v1/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {IngestService.Key}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{";

    [Fact]
    [Fault(FaultArea.Bodies, "Bodies that drip byte by byte, more of one key than there are places for envelopes", "P7")]
    public async Task Bodies_that_drip_end_in_408_and_hold_nobody_up()
    {
        await using var service = await fixture.InstanceAsync(("Limits:EnvelopesInFlight", "32"), ("Limits:DevicesPerWorkspace", "0"));
        var drippers = FaultRun.Times(brief: 48, full: 400);
        var tally = new Tally();
        var dripping = Task.WhenAll(Enumerable.Range(0, drippers).Select(async _ =>
        {
            await using var connection = await RawConnection.OpenAsync(service.Address);
            await connection.SendAsync(Head(length: 1_000_000));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            var reading = connection.ReadToEndAsync(Patience);
            while (!reading.IsCompleted && await timer.WaitForNextTickAsync(Cancellation) && await connection.SendAsync(" "))
            {
            }

            foreach (var answer in await reading) tally.Count(answer.ShouldBeSound("a dripping body"));
        }));

        using var other = await fixture.ClientAsync("other", UserRole.Member);
        using var quick = service.ClientWithoutKey();
        quick.DefaultRequestHeaders.Authorization = other.DefaultRequestHeaders.Authorization;
        var (stored, slowest) = (0, TimeSpan.Zero);
        while (!dripping.IsCompleted)
        {
            var watch = Stopwatch.StartNew();
            (await quick.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeStored();
            stored++;
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
        }

        await dripping;
        slowest.ShouldBeLessThan(Prompt);
        (tally["408"] + tally["503 overloaded"]).ShouldBe(drippers, tally.ToString());
        tally["408"].ShouldBe(16, "as many as one key may have in the service at once");
        (await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeStored();
        FaultRun.Report(
            $"{drippers} drippers of one key, {32} places",
            $"{tally["408"]} answered 408, {tally["503 overloaded"]} 503 at once; meanwhile {stored} envelopes of another key stored, the slowest in {slowest.TotalMilliseconds:0} ms");
    }

    [Fact]
    [Fault(FaultArea.Limits, "Headers that drip, and (in full) answers that nobody reads", "P7")]
    public async Task Headers_that_never_end_and_answers_that_nobody_reads_are_cut_off()
    {
        var each = FaultRun.Times(brief: 4, full: 50);
        var unreading = FaultRun.Times(brief: 0, full: 10);
        var address = fixture.Service.Address;
        var watch = Stopwatch.StartNew();
        var dripping = Task.WhenAll(Enumerable.Range(0, each).Select(async _ =>
        {
            await using var connection = await RawConnection.OpenAsync(address);
            await connection.SendAsync("GET /health/live HTTP/1.1\r\nX: ");
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
            var reading = connection.ReadToEndAsync(Patience);
            while (!reading.IsCompleted && await timer.WaitForNextTickAsync(Cancellation) && await connection.SendAsync("a"))
            {
            }

            foreach (var answer in await reading) answer.ShouldBeSound("a dripping header").Status.ShouldBe(408);
        }));

        // Asked for until nothing more is taken: every buffer on the way is full, and what is in them counts for its time.
        var unread = Task.WhenAll(Enumerable.Range(0, unreading).Select(async _ =>
        {
            await using var connection = await RawConnection.OpenAsync(address, receiveBuffer: 4096);
            var requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /swagger/index.html HTTP/1.1\r\nHost: x\r\n\r\n", 100)));
            while (await connection.SendAsync(requests))
            {
            }
        }));

        await dripping.WaitAsync(Patience, Cancellation);
        var ended = watch.Elapsed;
        await unread.WaitAsync(LongPatience, Cancellation);
        (await fixture.Service.GetAsync("/health/live")).ShouldBeStored();
        FaultRun.Report(
            $"{each} that drip, {unreading} that do not read",
            $"headers answered 408 within {ended.TotalSeconds:0} s{(unreading == 0 ? "" : $", unread answers cut off within {watch.Elapsed.TotalSeconds:0} s")}");
    }
}

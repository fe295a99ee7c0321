using System.Net;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Limits;

public sealed class RowLimitTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int MostBadRows = 10_000;

    [Fact]
    [Fault(FaultArea.Limits, "One key sends more rows than any fleet of its own", "P7")]
    public async Task Over_the_rows_of_a_key_an_envelope_is_429_and_nothing_of_it_is_stored()
    {
        await using var service = await fixture.InstanceAsync(("Limits:RowsPerMinute", "1"));
        var bad = ServiceFixture.Envelope(ServiceFixture.NewDevice());
        for (var i = 0; i < MostBadRows; i++) bad.RawWindow("0");
        var json = bad.ToJson();
        var sent = 0;
        ServiceAnswer answer;
        while ((answer = await service.PostAsync(json, ("Prefer", "handling=strict"))).Status != HttpStatusCode.TooManyRequests)
        {
            sent++;
            sent.ShouldBeLessThan(26);
        }

        sent.ShouldBe(24);
        answer.ShouldBeRefused(429, "rate_limited");
        var device = ServiceFixture.NewDevice();
        var refused = (await service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today, row => row.Role("a")).Rollup(ServiceFixture.Today))).ShouldBeRefused(429, "rate_limited");
        refused.Response.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        foreach (var table in ServiceFixture.DataTables) (await fixture.CountAsync(table, device)).ShouldBe(0, table);

        // Reading is not counted in rows, and another key has its own.
        (await service.GetAsync("/v1/whoami")).ShouldBeStored();
        using var other = await fixture.ClientAsync("other");
        (await other.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeStored();
        FaultRun.Report($"{sent * MostBadRows} rows back to back", "the next envelope 429 with Retry-After, 0 rows of it stored");
    }

    [Fact]
    public async Task Both_limits_are_told_as_one_list()
    {
        var answer = (await fixture.Service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today).Session("s"))).ShouldBeStored();
        answer.Response.Headers.GetValues("RateLimit-Policy").ShouldBe(["\"requests\";q=6000;w=60, \"rows\";q=600000;w=60"]);
        answer.Response.Headers.GetValues("RateLimit").ShouldHaveSingleItem().ShouldMatch("^\"requests\";r=5[0-9]{3};t=[0-9]+, \"rows\";r=59[0-9]{4};t=[0-9]+$");
        (await fixture.Service.GetAsync("/v1/whoami")).Response.Headers.GetValues("RateLimit").ShouldHaveSingleItem().ShouldMatch("^\"requests\";r=[0-9]+;t=[0-9]+$");
    }

    [Fact]
    [Fault(FaultArea.Limits, "A backfill of 200 chunks of 500 rows comes back to back under the strictest limits", "P1 P7")]
    public async Task A_whole_backfill_passes_the_strictest_limits()
    {
        await using var service = await fixture.InstanceAsync(("Limits:RowsPerMinute", "1"), ("Limits:RequestsPerMinute", "1"));
        var chunks = FaultRun.Times(brief: 20, full: 200);
        var device = ServiceFixture.NewDevice();
        for (var chunk = 0; chunk < chunks; chunk++) (await service.PostAsync(Chunk(device, chunk))).ShouldBeStored();
        (await fixture.CountAsync("daily_rollups", device)).ShouldBe(500 * chunks);
        FaultRun.Report($"{chunks} chunks", $"{500 * chunks} rows stored, 0 refused");
    }

    private static EnvelopeBuilder Chunk(string device, int chunk)
    {
        var envelope = ServiceFixture.Envelope(device, EnvelopeBuilder.DefaultSyncedAt.AddMilliseconds(chunk));
        var day = ServiceFixture.Today.AddDays(chunk - 200);
        for (var row = 0; row < 500; row++)
        {
            var branch = $"branch-{row}";
            envelope.Rollup(day, rollup => rollup.Branch(branch));
        }

        return envelope;
    }
}

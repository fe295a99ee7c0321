using System.Diagnostics;
using System.Globalization;
using System.Net;
using Ingest.Domain.Identity;
using Ingest.Testing.Faults;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ingest.Api.Tests.Walls;

/// <summary>How fast keys can be guessed, what it costs, and how far it leads.</summary>
public sealed class GuessingTests
{
    private const int Guessers = 32;

    private static readonly TimeSpan Year = TimeSpan.FromDays(365.25);

    [Fact]
    [Fault(FaultArea.Walls, "guessing keys, as fast as one instance answers", "P7 P8")]
    public async Task No_guess_gets_in_and_who_has_a_key_is_served_meanwhile()
    {
        var guesses = FaultRun.Times(brief: 2_000, full: 60_000);
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        (await service.PostAsync(ServiceFixture.Envelope("d").Rollup(ServiceFixture.Today))).ShouldBeStored();
        var (left, refused, limited, slowest) = (guesses, 0, 0, TimeSpan.Zero);
        using var wire = new SocketsHttpHandler { MaxConnectionsPerServer = Guessers };
        using var client = new HttpClient(wire) { BaseAddress = service.Address };

        var before = await TransactionsAsync(service);
        var watch = Stopwatch.StartNew();
        var guessing = Task.WhenAll(Enumerable.Range(0, Guessers).Select(_ => Task.Run(GuessAsync, TestContext.Current.CancellationToken)));
        while (!guessing.IsCompleted)
        {
            var asked = Stopwatch.StartNew();
            (await service.StatusAsync("d")).Status.ShouldBe(HttpStatusCode.OK);
            if (asked.Elapsed > slowest) slowest = asked.Elapsed;
        }

        await guessing;
        var took = watch.Elapsed;
        (refused + limited).ShouldBe(guesses);
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        var lookUps = await TransactionsAsync(service) - before;

        var perSecond = guesses / took.TotalSeconds;
        var years = Math.Log10(Math.Pow(2, 255) / perSecond / Year.TotalSeconds);
        years.ShouldBeGreaterThan(50);
        FaultRun.Report(
            string.Create(CultureInfo.InvariantCulture, $"{guesses} guesses"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"0 got in, {perSecond:n0}/s, at most {(double)lookUps / guesses:0.0} look-ups each, others waited {slowest.TotalMilliseconds:n0} ms at most; half of 2^256 keys take 10^{years:0} years"));

        async Task GuessAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/whoami");
                request.Headers.Authorization = new("Bearer", ApiKeyText.Generate().Text);
                using var answer = await client.SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.Unauthorized) Interlocked.Increment(ref refused);
                else if (answer.StatusCode == HttpStatusCode.TooManyRequests) Interlocked.Increment(ref limited);
                else throw new InvalidOperationException($"A guess was answered {answer.StatusCode}.");
            }
        }
    }

    /// <summary>Each look-up is a transaction; so are the few that the service and this test make besides.</summary>
    private static async Task<long> TransactionsAsync(IngestService service)
    {
        // A session tells its counts at its end.
        service.Services.GetRequiredService<NpgsqlDataSource>().Clear();
        var me = (await service.QueryAsync<int>("SELECT pg_backend_pid()"))[0];
        await Eventually.TrueAsync(
            async () => (await service.QueryAsync<long>(
                $"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> {me} AND query LIKE '%found.key_hash%'"))[0] == 0,
            "the sessions that looked keys up are gone");
        return (await service.QueryAsync<long>("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))[0];
    }
}

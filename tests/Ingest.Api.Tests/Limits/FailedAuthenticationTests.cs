using Ingest.Api.Tests.Plumbing;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Identity;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using OneKey = Ingest.Api.Tests.Plumbing.PlumbingServer.OneKey;

namespace Ingest.Api.Tests.Limits;

/// <summary>Who guesses keys soon costs the database nothing, and silences nobody: not behind the same address, and never with a 401 that was not looked up.</summary>
public sealed class FailedAuthenticationTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beyond_the_limit_a_key_is_429_without_a_look_up_until_the_address_has_rested()
    {
        var time = new ManualTimeProvider();
        var keys = new OneKey();
        await using var server = await PlumbingServer.StartAsync(keys, failedAuthenticationsPerMinute: 20, time: time);
        for (var i = 0; i < 20; i++) await (await GetAsync(server, $"budi_guess-number-{i}")).ShouldBeProblemAsync(401, "unauthorized");
        keys.Asked.ShouldBe(20);

        for (var i = 0; i < 5; i++)
        {
            var refused = await GetAsync(server, i == 0 ? null : $"budi_another-guess-{i}");
            await refused.ShouldBeProblemAsync(429, "authentication_limited");
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        }

        keys.Asked.ShouldBe(20);
        (await GetAsync(server, OneKey.Key)).EnsureSuccessStatusCode();

        time.Advance(TimeSpan.FromSeconds(3));
        await (await GetAsync(server, "budi_guess-number-21")).ShouldBeProblemAsync(401, "unauthorized");
        await (await GetAsync(server, "budi_guess-number-22")).ShouldBeProblemAsync(429, "authentication_limited");
    }

    [Fact]
    public async Task A_server_that_may_not_judge_keys_holds_nothing_against_an_address()
    {
        var keys = new OneKey { Answer = KeyLookupOutcome.Maintenance };
        await using var server = await PlumbingServer.StartAsync(keys, failedAuthenticationsPerMinute: 2);
        for (var i = 0; i < 10; i++) await (await GetAsync(server, "budi_good-in-the-backup")).ShouldBeProblemAsync(503, "maintenance");
        keys.Answer = null;
        await (await GetAsync(server, "budi_good-in-the-backup")).ShouldBeProblemAsync(401, "unauthorized");
    }

    [Fact]
    [Fault(FaultArea.Limits, "Keys are guessed from the address that good devices have, too", "P7")]
    public async Task A_stranger_behind_the_same_address_silences_no_good_device()
    {
        // A service of its own, which has seen none of these keys when the guessing begins.
        string[] keys = [IngestService.Key, .. await Task.WhenAll(Enumerable.Range(0, 9).Select(person => CreateKeyAsync($"ann-{person}")))];
        await using var service = await fixture.InstanceAsync(("Limits:FailedAuthenticationsPerMinute", "10"));
        var guesses = FaultRun.Times(brief: 300, full: 20_000);
        var statuses = await GuessAsync(service, guesses);
        statuses.Keys.ShouldBe([401, 429]);
        statuses[429].ShouldBeGreaterThan(guesses / 2);

        foreach (var key in keys)
        {
            using var client = service.ClientWith(key);
            for (var i = 0; i < 3; i++) (await client.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeStored();
        }

        // One that is younger than the list is told to come back, and never that it does not exist.
        using var young = service.ClientWith(await CreateKeyAsync("young"));
        var answer = await young.AnswerAsync("/v1/whoami");
        ((int)answer.Status is 200 or 429).ShouldBeTrue(answer.Text("code"));
        FaultRun.Report($"{guesses} guesses", $"{statuses[401]} looked up and 401, {statuses[429]} answered 429 without a look-up; {3 * keys.Length} of {3 * keys.Length} envelopes of good keys stored");
    }

    [Fact]
    [Fault(FaultArea.Limits, "X-Forwarded-For is forged to come from ever new addresses", "P7")]
    public async Task A_forged_address_is_not_believed_and_a_trusted_proxys_is()
    {
        var guesses = FaultRun.Times(brief: 50, full: 5_000);
        await using var alone = await fixture.InstanceAsync(("Limits:FailedAuthenticationsPerMinute", "5"));
        var forged = await GuessAsync(alone, guesses, guess => $"198.51.100.{guess % 250}");
        forged[429].ShouldBeGreaterThan(guesses / 2);

        await using var proxied = await fixture.InstanceAsync(("Limits:FailedAuthenticationsPerMinute", "5"), ("Proxies:Trusted", "127.0.0.0/8"));
        var spread = await GuessAsync(proxied, guesses: 50, guess => $"198.51.100.{guess}");
        spread.Keys.ShouldBe([401]);

        // What the client wrote stands to the left of what the proxy added, and is not looked at.
        var appended = await GuessAsync(proxied, guesses: 50, guess => $"203.0.113.{guess}, 198.51.100.251");
        appended[429].ShouldBeGreaterThan(25);
        FaultRun.Report($"{guesses} guesses", $"{forged[401]} looked up, {forged[429]} refused: all counted as one address");
    }

    private async Task<string> CreateKeyAsync(string person) =>
        (await fixture.Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, person)).Key;

    private static async Task<SortedDictionary<int, int>> GuessAsync(IngestService service, int guesses, Func<int, string>? forwardedFor = null)
    {
        var statuses = new SortedDictionary<int, int>();
        using var client = service.ClientWithoutKey();
        await Parallel.ForAsync(0, guesses, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (guess, cancellation) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/whoami");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer budi_{guess:d8}{Guid.NewGuid():N}");
            if (forwardedFor is not null)
            {
                request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor(guess));
                request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
            }

            using var answer = await client.SendAsync(request, cancellation);
            lock (statuses) statuses[(int)answer.StatusCode] = statuses.GetValueOrDefault((int)answer.StatusCode) + 1;
        });
        return statuses;
    }

    private static async Task<HttpResponseMessage> GetAsync(PlumbingServer server, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/keyed/me");
        if (key is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        return await server.Client.SendAsync(request, Cancellation);
    }
}

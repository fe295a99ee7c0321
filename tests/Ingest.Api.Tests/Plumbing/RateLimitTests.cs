using System.Net;
using Ingest.Api.Limits;

namespace Ingest.Api.Tests.Plumbing;

public sealed class RateLimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backfill_of_two_hundred_chunks_back_to_back_never_trips_the_limit()
    {
        await using var server = await PlumbingServer.StartAsync(requestsPerMinute: 1, time: new ManualTimeProvider());
        for (var chunk = 0; chunk < 200; chunk++)
            (await GetAsync(server)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Over_the_rate_is_429_that_says_when_to_come_back()
    {
        var time = new ManualTimeProvider();
        await using var server = await PlumbingServer.StartAsync(requestsPerMinute: 20, time: time);
        var answer = await GetAsync(server);
        answer.Headers.GetValues("RateLimit-Policy").ShouldBe(["\"requests\";q=240;w=720"]);
        answer.Headers.GetValues("RateLimit").ShouldBe(["\"requests\";r=239;t=3"]);
        for (var i = 1; i < 240; i++)
            (await GetAsync(server)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var refused = await GetAsync(server);
        await refused.ShouldBeProblemAsync(429, "rate_limited");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        refused.Headers.GetValues("RateLimit").ShouldBe(["\"requests\";r=0;t=720"]);

        time.Advance(TimeSpan.FromSeconds(3));
        (await GetAsync(server)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(server)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Zero_is_no_limit_and_says_nothing()
    {
        await using var server = await PlumbingServer.StartAsync(requestsPerMinute: 0);
        (await GetAsync(server)).Headers.Contains("RateLimit").ShouldBeFalse();
    }

    [Fact]
    public void One_key_does_not_use_up_another()
    {
        var limit = Requests(60, new ManualTimeProvider());
        var first = Guid.NewGuid();
        while (limit.Take(first, tokens: 1).Allowed)
        {
        }

        limit.Take(Guid.NewGuid(), tokens: 1).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void Keys_that_rest_are_forgotten()
    {
        var time = new ManualTimeProvider();
        var limit = Requests(6000, time);
        for (var key = 0; key < 50_000; key++)
        {
            limit.Take(Guid.NewGuid(), tokens: 1);
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        limit.Tracked.ShouldBeLessThan(5000);
    }

    private static TokenBuckets<Guid> Requests(int perMinute, TimeProvider time) => new(perMinute, RateLimit.SmallestBurst, int.MaxValue, time);

    private static async Task<HttpResponseMessage> GetAsync(PlumbingServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/keyed/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + PlumbingServer.OneKey.Key);
        return await server.Client.SendAsync(request, Cancellation);
    }
}

using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Testing.Envelopes;
using OneKey = Ingest.Api.Tests.Plumbing.PlumbingServer.OneKey;

namespace Ingest.Api.Tests.Plumbing;

/// <summary>How a client's own words reach the store.</summary>
public sealed class CompletenessTests
{
    private const string Stock = "ureq/2.12.1";

    [Theory]
    [InlineData(Completeness.Auto, Stock, null, true)]
    [InlineData(Completeness.Auto, "curl/8.5.0", null, false)]
    [InlineData(Completeness.Auto, null, null, false)]
    [InlineData(Completeness.Auto, null, "day", true)]
    [InlineData(Completeness.Auto, Stock, "row", false)]
    [InlineData(Completeness.Day, "curl/8.5.0", "row", true)]
    [InlineData(Completeness.Row, Stock, "day", false)]
    public async Task The_key_goes_before_the_header_and_the_header_before_the_name(Completeness ofKey, string? userAgent, string? declared, bool isByDay)
    {
        ReceivedEnvelope? received = null;
        await using var server = await PlumbingServer.StartAsync(new OneKey { CompleteBy = ofKey }, received: envelope => received = envelope);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address, "/keyed/") };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("ingest", UriKind.Relative))
        {
            Content = new ByteArrayContent(EnvelopeBuilder.For("ws_one").Rollup(new DateOnly(2026, 5, 12)).ToBytes()) { Headers = { ContentType = new("application/json") } },
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {OneKey.Key}");
        if (userAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (declared is not null) request.Headers.TryAddWithoutValidation("Ingest-Complete-By", declared);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.EnsureSuccessStatusCode();
        received.ShouldNotBeNull().IsCompleteByDay.ShouldBe(isByDay);
    }
}

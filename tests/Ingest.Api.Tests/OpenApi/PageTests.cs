using System.Net;
using System.Text.RegularExpressions;

namespace Ingest.Api.Tests.OpenApi;

public sealed partial class PageTests(DocumentedService documented) : IClassFixture<DocumentedService>
{
    private readonly HttpClient _client = documented.Service.Client;

    [Fact]
    public async Task The_page_and_all_it_needs_come_from_this_server()
    {
        using var page = await _client.GetAsync("/swagger");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/swagger/index.html");
        var html = await page.Content.ReadAsStringAsync();
        html.ShouldContain("<title>Ingest API</title>");

        var parts = Parts().Matches(html).Select(match => match.Groups["address"].Value).ToList();
        parts.Count.ShouldBeGreaterThan(4);
        foreach (var part in parts)
        {
            var address = new Uri(page.RequestMessage.RequestUri, part);
            address.Authority.ShouldBe(documented.Service.Address.Authority);
            using var answer = await _client.GetAsync(address);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, part);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        }
    }

    [Fact]
    public async Task The_page_may_load_nothing_from_elsewhere_and_run_nothing_inline()
    {
        using var page = await _client.GetAsync("/swagger/index.html");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'; script-src 'self';");
        policy.ShouldNotContain("http");
        policy.ShouldNotContain("unsafe-eval");
    }

    [Fact]
    public async Task The_page_shows_the_served_document_wherever_it_is_mounted()
    {
        var script = await _client.GetStringAsync("/swagger/index.js");
        script.ShouldContain("../openapi/v1.json");
    }

    [GeneratedRegex("(?:src|href)=\"(?<address>[^\"]+)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parts();
}

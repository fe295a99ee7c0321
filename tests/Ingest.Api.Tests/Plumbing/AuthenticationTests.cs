using System.Net;
using Ingest.Api.Health;
using Ingest.Domain.Identity;
using Microsoft.Extensions.Logging;
using OneKey = Ingest.Api.Tests.Plumbing.PlumbingServer.OneKey;

namespace Ingest.Api.Tests.Plumbing;

public sealed class AuthenticationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    public async Task A_known_key_lets_its_caller_in(string scheme)
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await GetAsync(server, $"{scheme} {OneKey.Key}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldContain("ws_one");
    }

    [Fact]
    public async Task An_endpoint_that_is_a_bare_delegate_is_guarded_as_well()
    {
        await using var server = await PlumbingServer.StartAsync();
        await (await server.Client.PostAsync(new Uri("/keyed/delegate", UriKind.Relative), null, Cancellation)).ShouldBeProblemAsync(401, "unauthorized");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer   ")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData(OneKey.Key)]
    [InlineData("Bearer budi_another-key-altogether")]
    public async Task A_missing_or_unknown_key_is_401_after_a_look_up(string? header)
    {
        var keys = new OneKey();
        await using var server = await PlumbingServer.StartAsync(keys);
        var response = await GetAsync(server, header);
        await response.ShouldBeProblemAsync(401, "unauthorized");
        response.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        keys.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Two_Authorization_headers_are_as_good_as_none()
    {
        await using var server = await PlumbingServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /keyed/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OneKey.Key}\r\nAuthorization: Bearer {OneKey.Key}\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(connection);
        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 401 Unauthorized");
    }

    [Theory]
    [InlineData(KeyLookupOutcome.NotSetUp, "not_set_up", null)]
    [InlineData(KeyLookupOutcome.NotSetUp, "not_set_up", "Bearer budi_whatever-it-is")]
    [InlineData(KeyLookupOutcome.Maintenance, "maintenance", null)]
    [InlineData(KeyLookupOutcome.Maintenance, "maintenance", "Bearer budi_whatever-it-is")]
    public async Task A_server_that_may_not_judge_keys_answers_503(KeyLookupOutcome outcome, string code, string? header)
    {
        await using var server = await PlumbingServer.StartAsync(new OneKey { Answer = outcome });
        var response = await GetAsync(server, header);
        await response.ShouldBeProblemAsync(503, code);
        response.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer budi_whatever-it-is")]
    public async Task A_database_that_is_away_never_becomes_a_401(string? header)
    {
        await using var server = await PlumbingServer.StartAsync(new OneKey { StoreAway = true });
        var body = await (await GetAsync(server, header)).ShouldBeProblemAsync(503, "store_unavailable");
        body.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_stranger_leaves_no_key_and_no_line_above_debug_in_the_log()
    {
        await using var server = await PlumbingServer.StartAsync();
        await GetAsync(server, "Bearer budi_some-secret-of-someone");
        server.Log.Lines.ShouldNotContain(line => line.Text.Contains("some-secret-of-someone"));
        server.Log.Lines.ShouldNotContain(line => line.Category.StartsWith("Ingest.") && line.Level > LogLevel.Debug);
    }

    [Fact]
    public async Task While_not_ready_no_key_is_judged_and_the_code_says_why()
    {
        var keys = new OneKey();
        await using var server = await PlumbingServer.StartAsync(keys);
        foreach (var (readiness, code) in new (Readiness, string)[]
        {
            (new Readiness.Starting(), "starting"),
            (new Readiness.DatabaseAway(WasReady: false), "store_unavailable"),
            (new Readiness.SchemaBehind(["0002_next"]), "schema_behind"),
            (new Readiness.SchemaForeign(["0009_later"]), "schema_foreign"),
            (new Readiness.Stopping(), "shutting_down"),
        })
        {
            server.Readiness.Report(readiness);
            await (await GetAsync(server, header: null)).ShouldBeProblemAsync(503, code);
        }

        keys.Asked.ShouldBe(0);
    }

    private static async Task<HttpResponseMessage> GetAsync(PlumbingServer server, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/keyed/me");
        if (header is not null)
            request.Headers.TryAddWithoutValidation("Authorization", header);
        return await server.Client.SendAsync(request, Cancellation);
    }
}

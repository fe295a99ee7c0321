using System.Net;
using System.Text.Json;
using Ingest.Api.Health;

namespace Ingest.Api.Tests.Plumbing;

public sealed class HealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_that_runs_is_live_whatever_is_missing()
    {
        await using var server = await PlumbingServer.StartAsync();
        server.Readiness.Report(new Readiness.DatabaseAway(WasReady: false));
        (await server.Client.GetAsync(new Uri("/health/live", UriKind.Relative), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ready_says_what_is_missing_and_which_command_mends_it()
    {
        await using var server = await PlumbingServer.StartAsync();
        (await ReadyAsync(server)).ShouldBe((200, "{\"status\":\"ready\"}"));

        server.Readiness.Report(new Readiness.DatabaseAway(WasReady: false));
        (await ReadyAsync(server)).Status.ShouldBe(503);

        server.Readiness.Report(new Readiness.SchemaBehind(["0002_next.sql"]));
        var (status, text) = await ReadyAsync(server);
        status.ShouldBe(503);
        var body = JsonDocument.Parse(text).RootElement;
        body.GetProperty("status").GetString().ShouldBe("schema_behind");
        body.GetProperty("missing_migrations")[0].GetString().ShouldBe("0002_next.sql");
        body.GetProperty("run").GetString().ShouldBe("ingest migrate");
    }

    [Fact]
    public async Task Nothing_comes_after_stopping()
    {
        await using var server = await PlumbingServer.StartAsync();
        await server.StopAsync();
        server.Readiness.Report(new Readiness.Ready());
        server.Readiness.Current.ShouldBeOfType<Readiness.Stopping>();
    }

    private static async Task<(int Status, string Text)> ReadyAsync(PlumbingServer server)
    {
        var response = await server.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancellation);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ingest.Api.Operator;
using Ingest.Api.Startup;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Envelopes;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Startup;

/// <summary>What a simulation may change about a server, and no other start may.</summary>
public sealed class DevelopmentTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Production", "Development:Clock", "virtual")]
    [InlineData("Staging", "Development:Clock", "virtual")]
    [InlineData("Production", "Development:RulesOff", "ghosts,order")]
    public async Task Outside_of_Development_they_stop_the_start_before_a_database_is_touched(string environment, string name, string value)
    {
        using var error = new StringWriter();
        var command = new OperatorCommand(TextWriter.Null, error);
        (await command.RunAsync(["--environment", environment, $"--{name}", value, "--ConnectionStrings:Ingest", "Host=127.0.0.1;Port=1"], IngestServer.RunAsync)).ShouldBe(2);
        error.ToString().ShouldStartWith($"ingest: {name} is for simulations only");
        error.ToString().ShouldContain(environment);
    }

    [Fact]
    public async Task The_virtual_clock_stands_still_where_it_was_set_and_dates_what_arrives()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, null, ("Development:Clock", "virtual"));
        using var client = new HttpClient { BaseAddress = service.Address };
        (await SetAsync(client, "{\"now\":\"2027-02-03T04:05:06.5Z\"}")).ShouldBe(HttpStatusCode.NoContent);

        var device = ServiceFixture.NewDevice();
        var now = new DateTimeOffset(2027, 2, 3, 4, 5, 6, 500, TimeSpan.Zero);
        (await service.PostAsync(ServiceFixture.Envelope(device, now).Rollup(new DateOnly(2027, 1, 30)))).ShouldBeStored();
        (await service.StatusAsync(device)).Text("open_day").ShouldBe("2027-02-03");
        (await service.QueryAsync<DateTime>($"SELECT first_contact_at FROM devices WHERE device_id = '{device}'")).ShouldBe([now.UtcDateTime]);

        // Back as well as forward: a simulation of the next seed begins again.
        (await SetAsync(client, "{\"now\":\"2026-12-31T23:00:00-02:00\"}")).ShouldBe(HttpStatusCode.NoContent);
        service.Services.GetRequiredService<TimeProvider>().GetUtcNow().ShouldBe(new DateTimeOffset(2027, 1, 1, 1, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("{\"now\":\"tomorrow\"}")]
    [InlineData("{\"then\":\"2027-02-03T04:05:06Z\"}")]
    [InlineData("{}")]
    [InlineData("2027")]
    public async Task What_is_no_instant_leaves_the_clock_alone(string body)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, null, ("Development:Clock", "virtual"));
        var before = service.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        using var client = new HttpClient { BaseAddress = service.Address };
        (await SetAsync(client, body)).ShouldBe(HttpStatusCode.BadRequest);
        service.Services.GetRequiredService<TimeProvider>().GetUtcNow().ShouldBe(before);
    }

    [Fact]
    public async Task Without_the_setting_nothing_sets_the_clock_and_every_rule_applies()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        using var client = new HttpClient { BaseAddress = service.Address };
        (await SetAsync(client, "{\"now\":\"2027-02-03T04:05:06Z\"}")).ShouldBe(HttpStatusCode.NotFound);
        service.Services.GetRequiredService<TimeProvider>().ShouldBe(TimeProvider.System);
        service.Services.GetRequiredService<StoreLimits>().Ledger.ShouldBe(new LedgerPolicy());
    }

    [Fact]
    public async Task Rules_are_switched_off_by_name()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(
            database, null, ("Development:RulesOff", "ghosts, full_look_back"), ("Ledger:LookBackDays", "50"), ("Ledger:LookBacksPerMinute", "7"));
        var limits = service.Services.GetRequiredService<StoreLimits>();
        limits.Ledger.Rules.ShouldBe(LedgerRules.All & ~LedgerRules.Ghosts & ~LedgerRules.FullLookBack);
        limits.Ledger.LookBackDays.ShouldBe(50);
        limits.LookBacksPerMinute.ShouldBe(7);
    }

    [Fact]
    public async Task The_clock_is_in_no_document()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, null, ("Development:Clock", "virtual"));
        using var client = new HttpClient { BaseAddress = service.Address };
        var document = JsonNode.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation))!;
        document["paths"]!.AsObject().ShouldAllBe(path => !path.Key.Contains("development"));
    }

    private static async Task<HttpStatusCode> SetAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return (await client.PutAsync(new Uri("/development/clock", UriKind.Relative), content, Cancellation)).StatusCode;
    }
}

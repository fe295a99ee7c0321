using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Attempts;

/// <summary>Every attempt that got past authentication leaves a trace, and a device that repeats itself leaves one.</summary>
public sealed class AttemptTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    [Fact]
    public async Task Every_outcome_leaves_one_row_that_tells_it()
    {
        var device = ServiceFixture.NewDevice();
        await using var service = await fixture.InstanceAsync();
        var good = ServiceFixture.Envelope(device).Rollup(Today).Session("s").RawRollup("{}");
        var answers = new List<ServiceAnswer>
        {
            await service.PostAsync(good),
            await service.PostAsync(good),
            await service.PostAsync(good, ("Prefer", "handling=strict")),
            await service.PostAsync(ServiceFixture.Envelope(device).RawRollup("{}")),
            await service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5")),
            await service.PostAsync(ServiceFixture.Envelope(device).Without("payload")),
        };
        var nameless = new List<ServiceAnswer>
        {
            await service.Client.PostEnvelopeAsync("{"),
            await service.Client.PostEnvelopeAsync(""),
            await service.Client.PostEnvelopeAsync("{}", ("Content-Type", "text/plain")),
            await service.PostAsync(ServiceFixture.Envelope(device).Field("workspace_id", "\"ws_other\"")),
        };
        await service.StopAsync();

        (await RowsAsync(device)).ShouldBe(
        [
            "200 - 1x of 2: 1 1 0, 2 0 0 1",
            "200 - 1x of 2: 1 1 0, 0 2 0 1",
            "422 invalid_rows 1x of 2: 1 1 0, 0 0 0 1",
            "422 no_usable_rows 1x of 2: 0 0 0, 0 0 0 1",
            "422 unsupported_schema_version 1x of -: 0 0 0, 0 0 0 0",
            "422 invalid_envelope 1x of -: 0 0 0, 0 0 0 0",
        ]);
        (await RowsAsync("")).ShouldBe(
        [
            "400 invalid_json 1x of -: 0 0 0, 0 0 0 0",
            "400 no_body 1x of -: 0 0 0, 0 0 0 0",
            "415 unsupported_media_type 1x of -: 0 0 0, 0 0 0 0",
            "403 workspace_mismatch 1x of 2: 0 0 0, 0 0 0 0",
        ], ignoreOrder: true);
        var ids = await service.QueryAsync<Guid>($"SELECT attempt_id FROM sync_attempts WHERE device_id IN ('{device}', '') ORDER BY received_at, attempt_id");
        ids.Select(id => id.ToString()).ShouldBe(answers.Concat(nameless).Select(answer => answer.Response.Headers.GetValues("Ingest-Attempt-Id").Single()), ignoreOrder: true);
        (await service.QueryAsync<string>(
            $"SELECT watermark || ' ' || (body_bytes > 500) || ' ' || (duration_us > 0) || ' ' || (synced_at IS NOT NULL) FROM sync_attempts WHERE device_id = '{device}' AND http_status = 200"))
            .ShouldBe(["1970-01-01 true true true", "1970-01-01 true true true"]);
    }

    [Fact]
    public async Task Equal_attempts_in_a_row_that_change_nothing_are_one_row_with_a_count()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(Today);
        await using var service = await fixture.InstanceAsync();
        for (var i = 0; i < 4; i++) await service.PostAsync(envelope);
        await Eventually.TrueAsync(async () => await fixture.CountAsync("sync_attempts", device) == 2, "the first attempts are written");
        for (var i = 0; i < 3; i++) await service.PostAsync(envelope);
        await service.PostAsync(ServiceFixture.Envelope(device).Without("payload"));
        await service.PostAsync(ServiceFixture.Envelope(device).Without("payload"));
        await service.PostAsync(envelope);
        await service.PostAsync(envelope.Rollup(Today.AddDays(-1)));
        await service.StopAsync();

        (await RowsAsync(device)).ShouldBe(
        [
            "200 - 1x of 2: 1 0 0, 1 0 0 0",
            "200 - 6x of 2: 1 0 0, 0 1 0 0",
            "422 invalid_envelope 2x of -: 0 0 0, 0 0 0 0",
            "200 - 1x of 2: 1 0 0, 0 1 0 0",
            "200 - 1x of 2: 2 0 0, 1 1 0 0",
        ]);
        (await service.QueryAsync<bool>($"SELECT last_received_at > received_at FROM sync_attempts WHERE device_id = '{device}' AND attempts > 1")).ShouldBe([true, true]);
    }

    [Fact]
    public async Task A_key_that_sends_the_same_garbage_again_and_again_leaves_one_row_with_a_count()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, fixture.Time);
        for (var i = 0; i < 5; i++) await service.Client.PostEnvelopeAsync("{");
        await service.StopAsync();
        (await service.QueryAsync<int>("SELECT attempts FROM sync_attempts")).ShouldBe([5]);
    }

    [Fact]
    public async Task Refusals_that_say_something_else_are_rows_of_their_own()
    {
        var device = ServiceFixture.NewDevice();
        await using var service = await fixture.InstanceAsync();
        await service.PostAsync(ServiceFixture.Envelope(device).Without("payload"));
        await service.PostAsync(ServiceFixture.Envelope(device).Field("synced_at", "7"));
        await service.StopAsync();
        (await service.QueryAsync<string>($"SELECT detail FROM sync_attempts WHERE device_id = '{device}' ORDER BY received_at"))
            .ShouldBe(["Missing payload", "synced_at must be an RFC 3339 timestamp between 1970 and 9999"]);
    }

    [Fact]
    public async Task Contacts_reach_the_database_when_the_service_stops_and_another_one_knows_them()
    {
        var device = ServiceFixture.NewDevice();
        await using (var service = await fixture.InstanceAsync())
        {
            await service.PostAsync(ServiceFixture.Envelope(device, Now.AddMinutes(-3)).Rollup(Today));
            await service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
            await service.StopAsync();
        }

        await using var next = await fixture.InstanceAsync();
        var status = (await next.StatusAsync(device)).ShouldBeStored();
        status.Text("last_attempt.code").ShouldBe("unsupported_schema_version");
        status["last_attempt.status"]!.GetValue<int>().ShouldBe(422);
        status.Text("last_attempt.detail").ShouldBe("Unsupported schema_version: 5. Expected one of: [1, 2, 3, 4].");
        status.Text("health.state").ShouldBe("failing");
        status["clock_skew_ms"]!.GetValue<long>().ShouldBeInRange(-240_000, -180_000);
        (await next.PostAsync(ServiceFixture.Envelope(device, Now.AddMinutes(-5)).Rollup(Today, row => row.Messages(1)))).ShouldBeStored()["rows.superseded"]!.GetValue<int>().ShouldBe(1);
    }

    private Task<List<string>> RowsAsync(string device) => fixture.Service.QueryAsync<string>($"""
        SELECT http_status || ' ' || coalesce(code, '-') || ' ' || attempts || 'x of ' || coalesce(schema_version::text, '-')
               || ': ' || rollups || ' ' || sessions || ' ' || windows || ', ' || changed || ' ' || unchanged || ' ' || superseded || ' ' || rejected
        FROM sync_attempts WHERE device_id = '{device}' ORDER BY received_at, attempt_id
        """);
}

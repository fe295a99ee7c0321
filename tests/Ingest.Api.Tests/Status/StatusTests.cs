using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Status;

/// <summary>P10: status says what is true, from the server's own clock and ledger, and says it cheaply.</summary>
public sealed class StatusTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task Status_tells_what_is_stored_up_to_when_and_how_the_device_is_doing()
    {
        var device = ServiceFixture.NewDevice();
        var stored = await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddSeconds(90)).Rollup(Today).Rollup(Today.AddDays(-7)).Session("s").Window(Now).RawWindow("null"));
        var status = (await Service.StatusAsync(device)).ShouldBeStored();
        status.Body!.AsObject().Select(member => member.Key).ShouldBe(
        [
            "device_id", "label", "watermark", "last_seen", "total_rollup_records", "total_session_records", "total_window_records", "quarantined_rows", "dropped_fields",
            "health", "open_day", "closed_through", "clock_skew_ms", "last_attempt", "rewinds", "look_back", "restored", "merged_into",
        ]);
        status.Text("device_id").ShouldBe(device);
        status.Text("watermark").ShouldBe("2026-05-11");
        status.Text("open_day").ShouldBe("2026-05-14");
        status.Text("closed_through").ShouldBe("2026-05-11");
        status["total_rollup_records"]!.GetValue<long>().ShouldBe(2);
        status["total_session_records"]!.GetValue<long>().ShouldBe(1);
        status["total_window_records"]!.GetValue<long>().ShouldBe(1);
        status["quarantined_rows"]!.GetValue<long>().ShouldBe(1);
        status["clock_skew_ms"]!.GetValue<long>().ShouldBeInRange(30_000, 90_000);
        status.Text("last_attempt.attempt_id").ShouldBe(stored.Text("attempt_id"));
        status["last_attempt.status"]!.GetValue<int>().ShouldBe(200);
        status["last_attempt.code"].ShouldBeNull();
        status.Text("last_seen").ShouldBe(status.Text("last_attempt.at"));
    }

    [Fact]
    public async Task Status_tells_what_the_device_was_is_and_will_be_asked_to_send_again()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today));
        var at = $"WHERE workspace_id = '{IngestService.WorkspaceId}' AND device_id = '{device}'";
        await Service.QueryAsync<int>($"""
            UPDATE devices SET rewind_from = NULL, rewind_since = NULL, rewind_reason = NULL, look_back_at = NULL, full_look_back_on = NULL {at};
            DELETE FROM device_rewinds {at}
            """);
        var quiet = await Service.StatusAsync(device);
        quiet["rewinds"]!.ToJsonString().ShouldBe("""{"pending":null,"requested":null,"past":[]}""");
        quiet["look_back"]!.ToJsonString().ShouldBe("""{"next_at":null,"full_on":null}""");

        await Service.QueryAsync<int>($"""
            UPDATE devices SET rewind_from = '2026-04-09', rewind_since = '2026-05-14T09:12:41.5Z', rewind_reason = 'look_back', rewind_unheeded = 3,
                rewind_verifies = true, requested_from = '1970-01-01', requested_verify = true,
                look_back_at = '2026-05-15T09:12:41Z', full_look_back_on = '2026-05-18' {at};
            INSERT INTO device_rewinds (workspace_id, device_id, since, from_day, reason, verifies, ended_at, outcome)
            SELECT '{IngestService.WorkspaceId}', '{device}', timestamptz '2026-04-01Z' + make_interval(days => i), '2026-03-01', 'changed', false,
                timestamptz '2026-04-02Z' + make_interval(days => i), CASE WHEN i % 2 = 0 THEN 'obeyed' ELSE 'unheeded' END
            FROM generate_series(1, 12) AS i;
            INSERT INTO device_rewinds VALUES ('{IngestService.WorkspaceId}', '{device}', '2026-05-14T09:12:41.5Z', '2026-04-09', 'look_back', true, NULL, NULL)
            """);
        var status = await Service.StatusAsync(device);
        status["rewinds.pending"]!.ToJsonString().ShouldBe(
            """{"from":"2026-04-09","reason":"look_back","since":"2026-05-14T09:12:41.5\u002B00:00","unheeded_answers":3,"verify":true}""");
        status["rewinds.requested"]!.ToJsonString().ShouldBe("""{"from":"1970-01-01","verify":true}""");
        var past = status["rewinds.past"]!.AsArray();
        past.Select(rewind => ((string)rewind!["since"]!)[..10]).ShouldBe(Enumerable.Range(0, 10).Select(i => $"2026-04-{13 - i:00}"));
        past[0]!.ToJsonString().ShouldBe(
            """{"from":"2026-03-01","reason":"changed","since":"2026-04-13T00:00:00\u002B00:00","ended_at":"2026-04-14T00:00:00\u002B00:00","outcome":"obeyed"}""");
        status["look_back"]!.ToJsonString().ShouldBe("""{"next_at":"2026-05-15T09:12:41\u002B00:00","full_on":"2026-05-18"}""");
    }

    [Fact]
    public async Task A_status_without_a_device_or_of_an_impossible_one_is_400()
    {
        (await Service.GetAsync("/v1/ingest/status")).ShouldBeRefused(400, "missing_device_id");
        (await Service.GetAsync("/v1/ingest/status?device_id=")).ShouldBeRefused(400, "missing_device_id");
        (await Service.GetAsync("/v1/ingest/status?device_id=a%20b")).ShouldBeRefused(400, "invalid_device_id");
        (await Service.GetAsync("/v1/ingest/status?device_id=a&device_id=b")).ShouldBeRefused(400, "invalid_device_id");
        (await Service.GetAsync("/v1/ingest/status?device_id=%00")).ShouldBeRefused(400, "invalid_device_id");
    }

    /// <summary>Behind a balancer a device's envelopes reach one instance and the question about it another.</summary>
    [Fact]
    public async Task An_instance_that_was_told_of_a_failure_long_ago_knows_of_the_success_at_another_one()
    {
        var device = ServiceFixture.NewDevice();
        await using var other = await fixture.InstanceAsync();
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today));
        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
        (await Service.StatusAsync(device)).Text("health.state").ShouldBe("failing");
        await Eventually.TrueAsync(async () => (await other.StatusAsync(device)).Text("health.state") == "failing", "the other instance knows");

        var accepted = await other.PostAsync(ServiceFixture.Envelope(device, Now.AddMinutes(1)).Rollup(Today));
        await Eventually.TrueAsync(async () => (await Service.StatusAsync(device)).Text("last_attempt.attempt_id") == accepted.Text("attempt_id"), "the first instance knows");
        (await Service.StatusAsync(device)).Text("health.state").ShouldBe("healthy");

        // A new row of failures begins when it begins, whatever the first instance remembers.
        var failedAgain = await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "6"));
        var told = await Service.StatusAsync(device);
        told.Text("health.state").ShouldBe("failing");
        told.Text("health.since").ShouldBe(told.Text("last_attempt.at"));
        await Eventually.TrueAsync(async () => (await other.StatusAsync(device)).Text("last_attempt.attempt_id") == failedAgain.Text("attempt_id"), "the other instance knows");
        (await other.StatusAsync(device)).Text("health.since").ShouldBe(told.Text("last_attempt.at"));
    }

    [Fact]
    public async Task The_cost_of_status_does_not_grow_with_what_is_stored()
    {
        await using var database = await Testing.Postgres.TestDatabase.CreateAsync();
        var device = ServiceFixture.NewDevice();
        await using (var service = await IngestService.StartAsync(database, fixture.Time))
        {
            await service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today).Session("s").Window(Now).RawRollup("{}"));
            await service.StopAsync();
        }

        var before = await ScansAsync(database);
        await using (var service = await IngestService.StartAsync(database, fixture.Time))
        {
            for (var i = 0; i < 5; i++) (await service.StatusAsync(device)).ShouldBeStored()["total_rollup_records"]!.GetValue<long>().ShouldBe(1);
            await service.StopAsync();
        }

        var after = await ScansAsync(database);
        foreach (var table in new[] { "daily_rollups", "session_summaries", "window_summaries", "device_days", "quarantined_rows", "sync_attempts" })
        {
            after[table].ShouldBe(before[table], table);
        }

        after["devices"].ShouldBeGreaterThan(before["devices"]);
    }

    private static async Task<Dictionary<string, long>> ScansAsync(Testing.Postgres.TestDatabase database)
    {
        async Task<List<string>> QueryAsync(string sql)
        {
            await using var command = database.DataSource.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<string>();
            while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
            return rows;
        }

        // A session reports its scans when it ends, at the latest.
        await Eventually.TrueAsync(
            async () => (await QueryAsync("SELECT 'x' FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ingest'")).Count == 0,
            "the sessions of the service have ended");
        return (await QueryAsync("SELECT relname || ' ' || (seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables"))
            .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => long.Parse(words[1]));
    }
}

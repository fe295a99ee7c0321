using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>P3 and P7: what goes wrong in the database leaves nothing half stored and is told as a fault of ours.</summary>
public sealed class FaultTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Theory]
    [InlineData("pg_terminate_backend")]
    [InlineData("pg_cancel_backend")]
    public async Task A_statement_that_is_ended_in_the_middle_of_an_envelope_leaves_nothing_of_it(string end)
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 10));
        var versions = await fixture.VersionsAsync(device);
        await using (var blocker = await BlockSessionAsync(device))
        {
            // Its rollups are written, and it waits for the row of its session.
            var posting = Service.PostAsync(Full(device, Now.AddMinutes(1), 20));
            await WaitingAsync(1);
            await Service.QueryAsync<bool>($"SELECT {end}(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ingest' AND wait_event_type = 'Lock'");
            (await posting).ShouldBeRefused(503, "store_unavailable")["retryable"]!.GetValue<bool>().ShouldBeTrue();
        }

        (await fixture.VersionsAsync(device)).ShouldBe(versions);
        (await Service.PostAsync(Full(device, Now.AddMinutes(1), 20))).ShouldBeStored()["rows.changed"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task A_lock_that_is_held_too_long_is_answered_503_and_other_devices_go_on()
    {
        var device = ServiceFixture.NewDevice();
        await using var service = await fixture.InstanceAsync(("ConnectionStrings:Ingest", fixture.Database.ConnectionString + ";Options=-c lock_timeout=300"));
        await service.PostAsync(Full(device, Now, 10));
        var versions = await fixture.VersionsAsync(device);
        await using (var blocker = await BlockSessionAsync(device))
        {
            var posting = service.PostAsync(Full(device, Now.AddMinutes(1), 20));
            (await service.PostAsync(Full(ServiceFixture.NewDevice(), Now, 20))).ShouldBeStored();
            (await posting).ShouldBeRefused(503, "store_unavailable");
        }

        (await fixture.VersionsAsync(device)).ShouldBe(versions);
        (await service.PostAsync(Full(device, Now.AddMinutes(1), 20))).ShouldBeStored();
    }

    [Fact]
    public async Task An_envelope_that_loses_a_deadlock_is_tried_again()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 10));

        // The envelope waits first, so it is the one that notices, and the one that is ended; unless the other session was too slow to come.
        var messages = 20;
        while (!await LosesDeadlockAsync(Full(device, Now.AddSeconds(messages), messages), device)) (++messages).ShouldBeLessThan(30);
        (await MessagesAsync(device)).ShouldBe((messages, messages));
    }

    /// <summary>Calling a statement off would hold up the answers that others wait for.</summary>
    [Fact]
    public async Task An_envelope_whose_client_gives_up_while_it_waits_is_stored_whole_all_the_same()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 10));
        await using (var blocker = await BlockSessionAsync(device))
        {
            using var patience = new CancellationTokenSource();
            using var content = new ByteArrayContent(Full(device, Now.AddMinutes(1), 20).ToBytes()) { Headers = { ContentType = new("application/json") } };
            var posting = Service.Client.PostAsync(new Uri("/v1/ingest", UriKind.Relative), content, patience.Token);
            await WaitingAsync(1);
            await patience.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(posting);
            await using var commit = new NpgsqlCommand("COMMIT", blocker);
            await commit.ExecuteNonQueryAsync();
        }

        await Eventually.TrueAsync(async () => (await MessagesAsync(device)) == (20, 20), "the envelope is stored");
        (await Service.PostAsync(Full(device, Now.AddMinutes(1), 20))).ShouldBeStored()["rows.unchanged"]!.GetValue<int>().ShouldBe(2);
    }

    /// <summary>What was read from a body weighs as much as the body: a slow database must not have it pile up past the budget.</summary>
    [Fact]
    public async Task Envelopes_that_wait_for_the_database_still_count_in_the_budget()
    {
        var device = ServiceFixture.NewDevice();
        await using var service = await fixture.InstanceAsync(("Limits:BodyBytes", "65536"), ("Limits:BodyBudgetBytes", "98304"));
        await service.PostAsync(Full(device, Now, 10));
        var padding = $"\"{new string('x', 60_000)}\"";
        await using (var blocker = await BlockSessionAsync(device))
        {
            var posting = service.PostAsync(Full(device, Now.AddMinutes(1), 20).Field("padding", padding));
            await WaitingAsync(1);
            (await service.PostAsync(Full(ServiceFixture.NewDevice(), Now, 20).Field("padding", padding))).ShouldBeRefused(503, "overloaded");
            await using var commit = new NpgsqlCommand("COMMIT", blocker);
            await commit.ExecuteNonQueryAsync();
            (await posting).ShouldBeStored();
        }

        (await service.PostAsync(Full(ServiceFixture.NewDevice(), Now, 20).Field("padding", padding))).ShouldBeStored();
    }

    /// <summary>A reader at any moment sees whole envelopes only.</summary>
    [Fact]
    public async Task Readers_never_see_half_an_envelope()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 0));
        var done = false;
        var reading = Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
            {
                (await Service.QueryAsync<bool>($"""
                    SELECT r.message_count = s.message_count AND r.message_count = d.message_count
                    FROM daily_rollups r JOIN session_summaries s USING (workspace_id, device_id) JOIN device_days d USING (workspace_id, device_id)
                    WHERE r.device_id = '{device}'
                    """)).ShouldBe([true]);
            }
        });
        for (var i = 1; i <= 40; i++) (await Service.PostAsync(Full(device, Now.AddSeconds(i), i))).ShouldBeStored();
        Volatile.Write(ref done, true);
        await reading;
    }

    private static EnvelopeBuilder Full(string device, DateTimeOffset syncedAt, long messages) =>
        ServiceFixture.Envelope(device, syncedAt).Rollup(Today, row => row.Messages(messages)).Session("s", row => row.Messages(messages));

    /// <summary>As the day and the session of the device say.</summary>
    private async Task<(long Day, long Session)> MessagesAsync(string device) => (
        (await Service.QueryAsync<long>($"SELECT message_count FROM daily_rollups WHERE device_id = '{device}'"))[0],
        (await Service.QueryAsync<long>($"SELECT message_count FROM session_summaries WHERE device_id = '{device}'"))[0]);

    private async Task<bool> LosesDeadlockAsync(EnvelopeBuilder envelope, string device)
    {
        await using var blocker = await BlockSessionAsync(device);
        var posting = Service.PostAsync(envelope);
        await WaitingAsync(1);
        var hasLost = true;
        try
        {
            await using var other = new NpgsqlCommand($"UPDATE devices SET label = label WHERE device_id = '{device}'", blocker);
            await other.ExecuteNonQueryAsync();
        }
        catch (PostgresException ended) when (ended.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            hasLost = false;
        }

        await using var end = new NpgsqlCommand("COMMIT", blocker);
        await end.ExecuteNonQueryAsync();
        (await posting).ShouldBeStored();
        return hasLost;
    }

    /// <summary>A transaction that holds the row of the device's session until it is disposed.</summary>
    private async Task<NpgsqlConnection> BlockSessionAsync(string device)
    {
        var connection = await fixture.Database.DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"BEGIN; SELECT FROM session_summaries WHERE device_id = '{device}' FOR UPDATE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task<TimeSpan> WaitingAsync(long sessions) => await Eventually.TrueAsync(
        async () => (await Service.QueryAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ingest' AND wait_event_type = 'Lock'"))[0] == sessions,
        $"{sessions} sessions of the service wait for a lock");
}

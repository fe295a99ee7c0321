using Ingest.Api.Envelopes;
using Ingest.Testing;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>Envelopes of many devices share a transaction, and none of them suffers from its company.</summary>
public sealed class GroupCommitTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task Envelopes_that_wait_together_are_committed_together()
    {
        var devices = await KnownAsync(20);
        await InACrowdAsync(devices, row => row.Messages(7));
        (await TransactionsOfAsync(devices)).ShouldBeLessThan(devices.Length / 2);
    }

    [Fact]
    public async Task One_that_can_never_be_stored_fails_alone()
    {
        var devices = await KnownAsync(20);
        await fixture.Service.ExecuteAsync("ALTER TABLE daily_rollups ADD CONSTRAINT no_poison CHECK (message_count <> 66) NOT VALID");
        var answers = await InACrowdAsync(devices, (device, row) => row.Messages(device == devices[3] ? 66 : 9));
        await fixture.Service.ExecuteAsync("ALTER TABLE daily_rollups DROP CONSTRAINT no_poison");
        answers[3].ShouldBeRefused(503, "store_unavailable");
        (await MessagesAsync(devices[3])).ShouldBe([0], "what was there before");
        foreach (var (device, answer) in devices.Zip(answers).Where(pair => pair.First != devices[3]))
        {
            answer.ShouldBeStored();
            (await MessagesAsync(device)).ShouldBe([9]);
        }
    }

    [Fact]
    public async Task A_device_at_its_first_contact_and_one_that_somebody_holds_keep_nobody_waiting()
    {
        var devices = await KnownAsync(6);
        await using var holder = await HoldAsync($"SELECT FROM devices WHERE device_id = '{devices[0]}' FOR UPDATE");
        var held = PostAsync(devices[0], row => row.Messages(11));
        var others = devices[1..].Append(ServiceFixture.NewDevice()).Select(device => PostAsync(device, row => row.Messages(11)));
        foreach (var answer in await Task.WhenAll(others)) answer.ShouldBeStored();
        held.IsCompleted.ShouldBeFalse();
        await EndAsync(holder);
        (await held).ShouldBeStored();
    }

    [Fact]
    public async Task One_more_than_may_wait_is_told_to_come_back_and_the_others_are_stored()
    {
        var devices = await KnownAsync(3);
        // Half of them are for one key.
        await using var service = await fixture.InstanceAsync(("Limits:EnvelopesInFlight", "4"));
        await using var holder = await HoldAsync($"SELECT FROM devices WHERE device_id IN ('{devices[0]}', '{devices[1]}') FOR UPDATE");
        var held = devices[..2].Select(device => service.PostAsync(Of(device, row => row.Messages(5)))).ToArray();
        await WaitingAsync(2);
        var refused = await service.PostAsync(Of(devices[2], row => row.Messages(5)));
        refused.ShouldBeRefused(503, "overloaded");
        refused.Response.Headers.RetryAfter.ShouldNotBeNull();
        await EndAsync(holder);
        foreach (var answer in await Task.WhenAll(held)) answer.ShouldBeStored();
        (await service.PostAsync(Of(devices[2], row => row.Messages(5)))).ShouldBeStored();
    }

    /// <summary>What an instance keeps in memory of a device is worth nothing once another one has written.</summary>
    [Fact]
    public async Task What_one_instance_has_stored_is_stored_again_after_another_one_stored_something_else()
    {
        var device = (await KnownAsync(1))[0];
        await using var other = await fixture.InstanceAsync();
        (await Service.PostAsync(Of(device, row => row.Messages(1), 1))).ShouldBeStored();
        (await other.PostAsync(Of(device, row => row.Messages(2), 2))).ShouldBeStored();
        var answer = (await Service.PostAsync(Of(device, row => row.Messages(1), 3))).ShouldBeStored();
        answer["rows.changed"]!.GetValue<int>().ShouldBe(1);
        (await MessagesAsync(device)).ShouldBe([1]);
    }

    /// <summary>The rows that are known are updated by their place in the day, and an operator at the database's prompt may have changed which stand there.</summary>
    [Fact]
    public async Task Rows_that_were_moved_lost_or_added_without_the_services_knowledge_are_written_all_the_same()
    {
        var device = await fixture.KnownDeviceAsync();
        EnvelopeBuilder Tick(int tick) => ServiceFixture.Envelope(device, Now.AddSeconds(tick))
            .Rollup(Today, row => row.Surface("a").Messages(tick)).Rollup(Today, row => row.Surface("b").Messages(tick)).Session("s", row => row.Messages(tick));
        (await Service.PostAsync(Tick(1))).ShouldBeStored();
        await fixture.Service.ExecuteAsync($"UPDATE daily_rollups SET cost_ingested = cost_ingested WHERE device_id = '{device}'");
        (await Service.PostAsync(Tick(2))).ShouldBeStored();
        (await MessagesAsync(device)).ShouldBe([2, 2]);
        await fixture.Service.ExecuteAsync($"DELETE FROM daily_rollups WHERE device_id = '{device}' AND surface = 'a'");
        await fixture.Service.ExecuteAsync($"DELETE FROM session_summaries WHERE device_id = '{device}'");
        (await Service.PostAsync(Tick(3))).ShouldBeStored();
        (await MessagesAsync(device)).ShouldBe([3, 3]);
        (await Service.QueryAsync<long>($"SELECT message_count FROM session_summaries WHERE device_id = '{device}'")).ShouldBe([3]);

        await fixture.Service.ExecuteAsync(
            "INSERT INTO daily_rollups SELECT (jsonb_populate_record(t, '{\"surface\": \"0\"}')).* "
            + $"FROM daily_rollups AS t WHERE device_id = '{device}' AND surface = 'a'");
        (await Service.PostAsync(Tick(4))).ShouldBeStored();
        (await Service.QueryAsync<string>($"SELECT surface || ' ' || message_count FROM daily_rollups WHERE device_id = '{device}' AND surface < 'c' ORDER BY surface"))
            .ShouldBe(["0 3", "a 4", "b 4"]);
    }

    [Fact]
    public async Task What_is_sent_again_writes_nothing_and_what_differs_in_one_row_writes_that_row()
    {
        var device = await fixture.KnownDeviceAsync();
        EnvelopeBuilder Tick(int tick, long messages) => ServiceFixture.Envelope(device, Now.AddSeconds(tick))
            .Rollup(Today, row => row.Surface("a").Messages(1)).Rollup(Today, row => row.Surface("b").Messages(messages)).Session("s", row => row.Messages(1));
        (await Service.PostAsync(Tick(1, 1))).ShouldBeStored();
        var versions = await fixture.VersionsAsync(device);
        (await Service.PostAsync(Tick(2, 1))).ShouldBeStored()["rows.unchanged"]!.GetValue<int>().ShouldBe(3);
        (await fixture.VersionsAsync(device)).ShouldBe(versions);

        var before = await Service.QueryAsync<string>($"SELECT ctid::text FROM daily_rollups WHERE device_id = '{device}' AND surface = 'a'");
        (await Service.PostAsync(Tick(3, 2))).ShouldBeStored();
        (await Service.QueryAsync<string>($"SELECT ctid::text FROM daily_rollups WHERE device_id = '{device}' AND surface = 'a'")).ShouldBe(before);
        (await MessagesAsync(device)).ShouldBe([1, 2]);
    }

    private async Task<string[]> KnownAsync(int devices)
    {
        var names = new string[devices];
        for (var i = 0; i < devices; i++)
        {
            names[i] = await fixture.KnownDeviceAsync();
            (await PostAsync(names[i], row => row.Messages(0), -1)).ShouldBeStored();
        }

        return names;
    }

    private Task<ServiceAnswer> PostAsync(string device, Action<RollupBuilder> row, int second = 1) => Service.PostAsync(Of(device, row, second));

    private static EnvelopeBuilder Of(string device, Action<RollupBuilder> row, int second = 1) => ServiceFixture.Envelope(device, Now.AddSeconds(second)).Rollup(Today, row);

    private Task<ServiceAnswer[]> InACrowdAsync(string[] devices, Action<RollupBuilder> row) => InACrowdAsync(devices, (_, builder) => row(builder));

    /// <summary>Keeps all workers busy until every envelope of the crowd waits for one.</summary>
    private async Task<ServiceAnswer[]> InACrowdAsync(string[] devices, Action<string, RollupBuilder> row)
    {
        var workers = Math.Clamp(Environment.ProcessorCount + 1, 3, 9);
        var busy = await KnownAsync(workers);
        await using var holder = await HoldAsync($"SELECT FROM daily_rollups WHERE device_id IN ('{string.Join("', '", busy)}') FOR UPDATE");
        var first = new List<Task<ServiceAnswer>>();
        for (var i = 0; i < workers; i++)
        {
            first.Add(PostAsync(busy[i], builder => builder.Messages(1)));
            await WaitingAsync(i + 1);
        }

        var crowd = devices.Select(device => PostAsync(device, builder => row(device, builder))).ToArray();
        await Eventually.TrueAsync(() => Task.FromResult(Service.Services.GetRequiredService<EnvelopeAdmission>().Inside == workers + devices.Length), "all of them are in the service");
        await EndAsync(holder);
        foreach (var answer in await Task.WhenAll(first)) answer.ShouldBeStored();
        return await Task.WhenAll(crowd);
    }

    private async Task<long> TransactionsOfAsync(string[] devices) =>
        (await Service.QueryAsync<long>($"SELECT count(DISTINCT xmin::text) FROM device_days WHERE bucket_day = '{Today:yyyy-MM-dd}' AND device_id IN ('{string.Join("', '", devices)}')"))[0];

    private Task<List<long>> MessagesAsync(string device) =>
        Service.QueryAsync<long>($"SELECT message_count FROM daily_rollups WHERE device_id = '{device}' AND bucket_day = '{Today:yyyy-MM-dd}' ORDER BY surface");

    private async Task<NpgsqlConnection> HoldAsync(string query)
    {
        var connection = await fixture.Database.DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {query}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task EndAsync(NpgsqlConnection holder)
    {
        await using var commit = new NpgsqlCommand("COMMIT", holder);
        await commit.ExecuteNonQueryAsync();
    }

    private async Task WaitingAsync(long sessions) => await Eventually.TrueAsync(
        async () => (await Service.QueryAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ingest' AND wait_event_type = 'Lock'"))[0] == sessions,
        $"{sessions} sessions of the service wait for a lock");
}

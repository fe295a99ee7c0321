using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>Rows that are known to stand there are updated by their place in their day: what comes to stand there is always what was sent last.</summary>
public sealed class KnownRowsTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Devices = 4;
    private const int Ticks = 60;

    /// <summary>Texts that UTF-16, UTF-8 and languages put in other orders, and texts that begin like others.</summary>
    private static readonly string[] Branches = ["a", "aa", "a b", "B", "b", "Z", "é", "e\u0301", "ß", "\uFB00", "\uFFFD", "\U0001F600", "\U00010000", "中", "a-b", "A", "_"];

    private static readonly string?[] Tickets = [null, "PAY-1", "PAY-2"];

    private IngestService Service => fixture.Service;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_changes_from_one_envelope_to_the_next_the_last_one_stands_there(int seed)
    {
        var random = new Random(seed);
        await using var other = await fixture.InstanceAsync();
        var devices = new string[Devices];
        for (var i = 0; i < Devices; i++) devices[i] = await fixture.KnownDeviceAsync();
        var told = devices.ToDictionary(device => device, _ => new Dictionary<(DateOnly Day, string Branch), (long Messages, string? Ticket)>());
        for (var tick = 1; tick <= Ticks; tick++)
        {
            var posts = new List<Task<ServiceAnswer>>();
            foreach (var device in devices)
            {
                Change(told[device], random);
                posts.Add((random.Next(6) == 0 ? other : Service).PostAsync(Envelope(device, tick, told[device])));
            }

            foreach (var answer in await Task.WhenAll(posts)) answer.ShouldBeStored();
            foreach (var device in devices) await ShouldHoldAsync(device, told[device], $"tick {tick}");
        }
    }

    /// <summary>The ledger cannot tell that a row was lost behind its back; what is compared next must not be compared with the row that is gone.</summary>
    [Fact]
    public async Task A_row_lost_while_the_device_repeats_itself_comes_back_with_the_next_change_and_moves_no_other()
    {
        var device = await fixture.KnownDeviceAsync();
        EnvelopeBuilder Tick(int tick, long ofB) => Envelope(device, tick, Rows(("a", 1), ("b", ofB), ("c", 3), ("d", 4)));
        (await Service.PostAsync(Tick(1, 2))).ShouldBeStored();
        await fixture.Service.ExecuteAsync($"DELETE FROM daily_rollups WHERE device_id = '{device}' AND git_branch = 'a'");
        (await Service.PostAsync(Tick(2, 2))).ShouldBeStored();
        (await Service.PostAsync(Tick(3, 2))).ShouldBeStored();
        (await Service.PostAsync(Tick(4, 20))).ShouldBeStored();
        await ShouldHoldAsync(device, Rows(("a", 1), ("b", 20), ("c", 3), ("d", 4)));
    }

    /// <summary>Replication and the like fire no triggers.</summary>
    [Theory]
    [InlineData("DELETE FROM daily_rollups WHERE device_id = '{0}' AND git_branch = 'a'")]
    [InlineData("INSERT INTO daily_rollups SELECT (jsonb_populate_record(t, '{{\"surface\": \"0\"}}')).* FROM daily_rollups AS t WHERE device_id = '{0}' AND git_branch = 'a'")]
    public async Task A_row_less_or_more_that_nobody_told_of_moves_no_other(string change)
    {
        var device = await fixture.KnownDeviceAsync();
        (await Service.PostAsync(Envelope(device, 1, Rows(("a", 1), ("b", 2), ("c", 3), ("d", 4))))).ShouldBeStored();
        await fixture.Service.ExecuteAsync("ALTER TABLE daily_rollups DISABLE TRIGGER renew_revisions");
        await fixture.Service.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, change, device));
        await fixture.Service.ExecuteAsync("ALTER TABLE daily_rollups ENABLE TRIGGER renew_revisions");
        (await Service.PostAsync(Envelope(device, 2, Rows(("a", 1), ("b", 20), ("c", 3), ("d", 4))))).ShouldBeStored();
        await ShouldHoldAsync(device, Rows(("a", 1), ("b", 20), ("c", 3), ("d", 4)));
    }

    [Fact]
    public async Task What_is_to_be_verified_is_compared_with_what_stands_there_and_not_with_what_is_known()
    {
        var device = await fixture.KnownDeviceAsync();
        (await Service.PostAsync(Envelope(device, 1, Rows(("a", 1), ("b", 2))))).ShouldBeStored();
        await fixture.Service.ExecuteAsync($"UPDATE daily_rollups SET message_count = 99 WHERE device_id = '{device}' AND git_branch = 'a'");
        await fixture.Service.ExecuteAsync($"UPDATE devices SET verify_from = '{ServiceFixture.Today:O}' WHERE device_id = '{device}'");
        (await Service.PostAsync(Envelope(device, 2, Rows(("a", 1), ("b", 20))))).ShouldBeStored();
        await ShouldHoldAsync(device, Rows(("a", 1), ("b", 20)));
    }

    private static void Change(Dictionary<(DateOnly Day, string Branch), (long Messages, string? Ticket)> told, Random random)
    {
        var today = ServiceFixture.Today;
        var kind = random.Next(5);

        // A day that is no longer named at all keeps its rows, so each day keeps one to be named by.
        foreach (var branch in Branches)
        {
            var key = (random.Next(4) == 0 ? today.AddDays(-1) : today, branch);
            if (kind == 0 && random.Next(4) == 0 && told.Keys.Count(other => other.Day == key.Item1) > 1) told.Remove(key);
            else if (kind == 1 && random.Next(4) == 0) told[key] = (random.Next(1000), Tickets[random.Next(Tickets.Length)]);
            else if (told.TryGetValue(key, out var row) && random.Next(3) > 0) told[key] = row with { Messages = random.Next(1000) };
        }

        if (told.Count == 0) told[(today, "a")] = (1, null);
    }

    private static EnvelopeBuilder Envelope(string device, int tick, Dictionary<(DateOnly Day, string Branch), (long Messages, string? Ticket)> told)
    {
        var envelope = ServiceFixture.Envelope(device, ServiceFixture.Start.AddSeconds(tick));
        foreach (var ((day, branch), (messages, ticket)) in told)
        {
            envelope.Rollup(day, row =>
            {
                row.Branch(branch).Messages(messages).Tokens(messages + 1, messages + 2, messages + 3, messages + 4).Cost(messages + 5, messages + 6);
                if (ticket is not null) row.Ticket(ticket);
            });
        }

        return envelope;
    }

    private static Dictionary<(DateOnly Day, string Branch), (long Messages, string? Ticket)> Rows(params (string Branch, long Messages)[] rows) =>
        rows.ToDictionary(row => (ServiceFixture.Today, row.Branch), row => (row.Messages, (string?)null));

    private async Task ShouldHoldAsync(string device, Dictionary<(DateOnly Day, string Branch), (long Messages, string? Ticket)> told, string? when = null) =>
        (await StoredAsync(device, told.Keys)).Distinct().ShouldBe(Told(told), when);

    /// <summary>Of rows that are no longer told some become ghosts and some stay, by rules that are tested elsewhere.</summary>
    private async Task<IEnumerable<string>> StoredAsync(string device, IEnumerable<(DateOnly Day, string Branch)> keys)
    {
        var rows = await Service.QueryAsync<string>($"""
            SELECT concat_ws(' ', bucket_day, '<' || git_branch || '>', ticket, message_count, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, cost_effective, cost_ingested)
            FROM daily_rollups WHERE device_id = '{device}' AND ghosted_at IS NULL
            """);
        return rows.Where(row => keys.Any(key => row.StartsWith($"{key.Day:yyyy-MM-dd} <{key.Branch}> ", StringComparison.Ordinal))).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Told(Dictionary<(DateOnly Day, string Branch), (long Messages, string? Ticket)> told) => told
        .Select(row => string.Join(' ', new[]
        {
            $"{row.Key.Day:yyyy-MM-dd}", $"<{row.Key.Branch}>", row.Value.Ticket,
            $"{row.Value.Messages} {row.Value.Messages + 1} {row.Value.Messages + 2} {row.Value.Messages + 3} {row.Value.Messages + 4}",
            $"{(row.Value.Messages + 5) * 10_000} {(row.Value.Messages + 6) * 10_000}",
        }.Where(part => part is not null)))
        .Order(StringComparer.Ordinal);
}

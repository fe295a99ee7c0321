using System.Globalization;
using System.Text;
using System.Text.Json;
using Ingest.Api.Tests.Plumbing;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Walls;

/// <summary>P9, searched for: whatever stands in an envelope beside the contract's fields is nowhere afterwards.</summary>
public sealed class CanaryTests
{
    /// <summary>Of what a client sends in a body, and of what it says around it.</summary>
    private const string Sent = "c4nary-1n-the-b0dy", Around = "c4nary-ar0und-it";

    private static readonly string[] Levels = ["envelope", "payload", "rollup", "session", "window", "nested", "wrong type", "whole row", "root"];

    private static readonly string[] Scalars =
        ["bucket_day", "role", "provider", "model", "repo_id", "git_branch", "surface", "ticket", "ticket_source", "message_count", "input_tokens", "cost_cents_effective"];

    private static readonly string[] Looks = ["/home/{0}/src", "C:\\Users\\{0}\\src", "\\\\server\\{0}\\src", "~/{0}", "file:///srv/{0}", "{0}@example.com"];

    [Fact]
    [Fault(FaultArea.Walls, "prompts, paths, addresses and made-up fields in envelopes good and bad", "P9")]
    public async Task What_stands_beside_the_fields_of_the_contract_is_nowhere_afterwards()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("INGEST_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"INGEST_TEST_SEED={seed}");
        var random = new Random(seed);
        var bodies = FaultRun.Times(brief: 150, full: 10_000);
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(
            database, null, ("Logging:LogLevel:Default", "Trace"), ("Limits:RequestsPerMinute", "0"));
        using var log = new RecordedLog();
        service.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        using var client = service.Client;
        var (stored, refused) = (0, 0);
        for (var i = 0; i < bodies; i++)
        {
            var answer = await client.PostEnvelopeAsync(Body(random), Headers(random));
            if ((int)answer.Status == 200) stored++;
            else refused++;
            ((int)answer.Status).ShouldBeLessThan(500);
            answer.Body!.ToJsonString().ShouldNotContain(Sent, Case.Insensitive);
        }

        foreach (var path in (string[])[$"/v1/ingest/{Around}", $"/v1/ingest/status?device_id={Around}%20{Around}", $"/v1/ingest/status?device_id=d1&{Around}={Around}"])
            await client.AnswerAsync(path);
        await service.StopAsync();

        stored.ShouldBeGreaterThan(bodies / 10);
        refused.ShouldBeGreaterThan(bodies / 10);
        (await Leaks.InTablesAsync(service, Sent, Around)).ShouldBeEmpty();
        (await Leaks.InTablesAsync(service, "redacted:")).ShouldNotBeEmpty("a search that finds nothing proves nothing");
        (await service.QueryAsync<long>("SELECT sum(times)::bigint FROM dropped_fields"))[0].ShouldBeGreaterThan(0);
        log.Lines.Where(line => line.Text.Contains(Sent, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        log.Lines.Where(line => line.Text.Contains(Around, StringComparison.OrdinalIgnoreCase) && !line.Text.Contains("/v1/ingest/" + Around, StringComparison.Ordinal)).ShouldBeEmpty();
        log.Lines.Count.ShouldBeGreaterThan(bodies);
        FaultRun.Report($"{bodies} bodies", $"{stored} stored, {refused} refused; nothing of them in {log.Lines.Count} log lines, any answer or any table");
    }

    private static (string Name, string Value)[] Headers(Random random) => random.Next(8) switch
    {
        0 => [("Content-Type", $"text/{Around}")],
        1 => [("Content-Encoding", Around)],
        2 => [("Prefer", "handling=strict"), ("User-Agent", Around)],
        3 => [("Ingest-Complete-By", Around), ("X-Forwarded-For", Around)],
        _ => [],
    };

    private static string Body(Random random)
    {
        var envelope = ServiceFixture.Envelope($"d{random.Next(4)}").SyncedAt(ServiceFixture.Start.AddSeconds(random.Next(10_000)));
        var day = ServiceFixture.Today.AddDays(-random.Next(5));
        for (var rows = random.Next(1, 4); rows > 0; rows--) envelope.Rollup(day, row => row.Raw("message_count", $"{random.Next(100)}").Raw("model", $"\"m{rows}\""));
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var (name, value) = (Name(random), Value(random));
            switch (Levels[random.Next(Levels.Length)])
            {
                case "envelope": envelope.Field(name, value); break;
                case "payload": envelope.Field("payload", $"{{{JsonSerializer.Serialize(name)}: {value}, \"daily_rollups\": [], \"session_summaries\": []}}"); break;
                case "rollup": envelope.Rollup(day, row => row.Raw(name, value).Raw("message_count", random.Next(2) == 0 ? "1" : "-1")); break;
                case "session": envelope.Session("s", row => row.Raw(name, value).Raw("provider", random.Next(2) == 0 ? "\"codex\"" : Unmeant(random, value))); break;
                case "window": envelope.Window(ServiceFixture.Start, row => row.Raw(name, value)); break;
                case "nested": envelope.Rollup(day, row => row.Raw("other", $"[{{{JsonSerializer.Serialize(name)}: {value}}}]")); break;

                // A plain text in a field of the contract is the contract's; only what cannot be meant is not.
                case "wrong type": envelope.Rollup(day, row => row.Raw(Scalars[random.Next(Scalars.Length)], Unmeant(random, value))); break;
                case "whole row": envelope.RawRollup(value).RawSession($"[{value}]"); break;
                default: envelope.Field(Of(random, "schema_version", "synced_at", "payload"), value); break;
            }
        }

        if (random.Next(4) == 0) envelope.Label(string.Format(CultureInfo.InvariantCulture, Of(random, Looks), Sent));
        if (random.Next(3) == 0)
        {
            var look = JsonSerializer.Serialize(string.Format(CultureInfo.InvariantCulture, Of(random, Looks), Sent));
            envelope.Rollup(day, row => row.Raw(Of(random, Scalars), look)).Session("t", row => row.Raw(Of(random, "title", "repo_id", "session_id", "primary_model", "ticket"), look));
        }

        var body = envelope.ToJson();
        return random.Next(10) switch
        {
            0 => body[..random.Next(body.Length)],
            1 => body + Value(random),
            2 => Value(random),
            _ => body,
        };
    }

    private static string Unmeant(Random random, string value) => random.Next(3) switch
    {
        0 => $"{{\"a\": {value}}}",
        1 => $"[{value}]",
        _ => JsonSerializer.Serialize(string.Format(CultureInfo.InvariantCulture, Of(random, Looks), Sent)),
    };

    private static string Name(Random random) => Of(random, "prompt", "cwd", "user_email", "raw_json", "tags", "tool_args", Sent, $"{Sent} \n\"", "");

    private static string Value(Random random)
    {
        var text = random.Next(3) == 0 ? string.Concat(Sent.Select(character => $"\\u{(int)character:x4}")) : Sent;
        return random.Next(5) switch
        {
            0 => $"{{\"prompt\": \"{text}\", \"files\": [\"{text}\"], \"{text}\": 1}}",
            1 => $"[\"{text}\", {{\"{text}\": null}}]",
            2 => $"\"/home/{text}\"",
            _ => $"\"{text}\"",
        };
    }

    private static T Of<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];
}

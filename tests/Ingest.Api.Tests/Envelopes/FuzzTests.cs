using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>P7: nothing in a body causes a 5xx, whatever the body is, and what is refused leaves nothing.</summary>
public sealed class FuzzTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Bodies = 3_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private static readonly string[] Tokens =
    [
        "null", "true", "{}", "[]", "\"\"", "-1", "1e400", "-0.0", "0.1e-400", "99999999999999999999", "\"\\u0000\"", "\"\\ud800\"", "\"\\uD83D\\uDE00\"", "\"1970-01-01\"",
        "\"9999-12-31\"", "\"2026-02-30\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00Z\"", "[[[[1]]]]", "{\"a\": {\"a\": 1}}", "\"~\"", "\"\u2028\"", "1.0000000000000000000001",
    ];

    [Fact]
    public async Task Mutilated_bodies_are_answered_in_JSON_never_with_a_5xx_and_leave_nothing_when_refused()
    {
        await using var service = await fixture.InstanceAsync(("Limits:RequestsPerMinute", "0"), ("Limits:DevicesPerWorkspace", "0"));
        // What a header may hold by its grammar, no client of .NET sends unless told to.
        using var client = service.ClientWithoutKey(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });
        client.DefaultRequestHeaders.Authorization = service.Client.DefaultRequestHeaders.Authorization;
        var refused = new List<string>();
        var statuses = new SortedDictionary<int, int>();
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, Bodies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            if (watch.Elapsed > Limit) return;
            var random = new Random(seed);
            var device = $"{seed:x8}-0000-4000-8000-{random.NextInt64(1L << 47):x12}";
            var body = Mutilate(Whole(device), random);
            var headers = random.Next(20) switch
            {
                0 => [("Content-Encoding", "gzip")],
                1 => [("Content-Encoding", "br")],
                2 => [("Prefer", "handling=strict")],
                3 => [("Content-Type", "application/json; charset=utf-16")],
                4 => [("Content-Encoding", new string('x', 79) + "😀")],
                _ => Array.Empty<(string, string)>(),
            };
            var answer = await client.PostEnvelopeAsync(body, headers);

            var status = (int)answer.Status;
            var told = $"seed {seed}: {status} {answer.Body?.ToJsonString()}";
            status.ShouldBeLessThan(500, told);
            (answer.Response.Content.Headers.ContentType!.MediaType is "application/json" or "application/problem+json").ShouldBeTrue(told);
            answer.Body.ShouldBeOfType<JsonObject>(told);
            lock (statuses)
            {
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                if (status != 200) refused.Add(device);
            }
        });

        statuses.Values.Sum().ShouldBeGreaterThan(200);
        statuses.ShouldContainKey(200);
        statuses.ShouldContainKey(400);
        statuses.ShouldContainKey(422);
        (await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeStored();
        await service.StopAsync();
        foreach (var table in ServiceFixture.DataTables)
        {
            (await service.QueryAsync<string>($"SELECT device_id FROM {table} WHERE device_id = ANY ('{{{string.Join(',', refused)}}}')")).ShouldBeEmpty(table);
        }

        // Every body left its attempt, also those that carried what Postgres cannot hold.
        (await service.QueryAsync<long>("SELECT sum(attempts)::bigint FROM sync_attempts")).ShouldBe([statuses.Values.Sum() + 1]);
    }

    private static byte[] Whole(string device) => ServiceFixture.Envelope(device)
        .Rollup(ServiceFixture.Today).Rollup(ServiceFixture.Today.AddDays(-1), row => row.Role("user").Ticket("PAY-1"))
        .Session("s-1", row => row.Title("title").Vital("overall", "green").StartedAt(ServiceFixture.Start).EndedAt(null))
        .Window(ServiceFixture.Start.AddHours(-5)).ToBytes();

    private static byte[] Mutilate(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(9))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); bytes.Add((byte)'}'); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 200), bytes.Count - at))); break;
                case 4: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                default: ReplaceValue(bytes, random); break;
            }

            if (bytes.Count == 0) bytes.Add((byte)'{');
        }

        return [.. bytes];
    }

    /// <summary>Puts another token where a scalar stands: the envelope stays JSON and reaches the rules.</summary>
    private static void ReplaceValue(List<byte> bytes, Random random)
    {
        var text = Encoding.UTF8.GetString([.. bytes]);
        var colons = new List<int>();
        for (var at = text.IndexOf(": ", StringComparison.Ordinal); at >= 0; at = text.IndexOf(": ", at + 1, StringComparison.Ordinal)) colons.Add(at + 2);
        if (colons.Count == 0) return;
        var from = colons[random.Next(colons.Count)];
        var to = text.AsSpan(from).IndexOfAny(",}\n");
        if (to < 0) return;
        var replaced = string.Concat(text.AsSpan(0, from), Tokens[random.Next(Tokens.Length)], text.AsSpan(from + to));
        bytes.Clear();
        bytes.AddRange(Encoding.UTF8.GetBytes(replaced));
    }
}

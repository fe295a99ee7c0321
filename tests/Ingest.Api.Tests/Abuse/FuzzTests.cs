using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Api.Tests.Abuse;

/// <summary>P7: nothing in a body causes a 5xx, whatever the body is, and what is refused leaves nothing.</summary>
public sealed class FuzzTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Mebibyte = 1024 * 1024;
    private const string SeedVariable = "INGEST_TEST_SEED";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A line for each refusal is tested elsewhere; here there are a hundred thousand.</summary>
    private static readonly (string, string) Quiet = ("Logging:LogLevel:Ingest", "Warning");

    [Fact]
    [Fault(FaultArea.Bodies, "Bodies mutilated at random, byte by byte and value by value", "P3 P7")]
    public async Task Mutilated_bodies_are_answered_in_JSON_never_with_a_5xx_and_leave_nothing_when_refused()
    {
        var bodies = FaultRun.Times(brief: 2_500, full: 100_000);
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var given) ? given : Random.Shared.Next();
        await using var service = await ServiceProcess.StartAsync(
            fixture.Database.ConnectionString,
            ("Limits:RequestsPerMinute", "0"), ("Limits:RowsPerMinute", "0"), ("Limits:DevicesPerWorkspace", "0"), ("Limits:BodyBudgetBytes", $"{64 * Mebibyte}"), Quiet);

        // What a header may hold by its grammar, no client of .NET sends unless told to.
        using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = service.Address, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", IngestService.Key);
        string[] whole = [.. BodyAttackTests.Envelopes(Marker), Full()];
        var refused = new List<string>();
        var tally = new Tally();
        var (watch, slowest) = (Stopwatch.StartNew(), 0L);
        await Parallel.ForAsync(0, bodies, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (run, cancellation) =>
        {
            var random = new Random(HashCode.Combine(seed, run));
            var device = $"{run:x8}-0000-4000-8000-{random.NextInt64(1L << 47):x12}";
            var body = Mutilate(Encoding.UTF8.GetBytes(whole[random.Next(whole.Length)].Replace(Marker, device, StringComparison.Ordinal)), random);
            var told = $"{SeedVariable}={seed}, run {run}: {Convert.ToBase64String(body)}";
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ingest") { Content = new ByteArrayContent(body) };
            AddHeaders(request, random);
            var asked = Stopwatch.GetTimestamp();
            using var answer = await client.SendAsync(request, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            var took = (long)Stopwatch.GetElapsedTime(asked).TotalMilliseconds;

            var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            var judged = new RawAnswer((int)answer.StatusCode, headers, text).ShouldBeSound(told);
            JsonNode.Parse(text).ShouldBeOfType<JsonObject>(told);
            tally.Count(judged);
            if (judged.Status == 200) judged.Headers["Content-Type"].ShouldStartWith("application/json");
            lock (refused)
            {
                slowest = Math.Max(slowest, took);
                if (judged.Status != 200) refused.Add(device);
            }
        });

        TestContext.Current.SendDiagnosticMessage("{0}={1}, {2:0} s; {3}", SeedVariable, seed, watch.Elapsed.TotalSeconds, tally);
        string[] common = ["200", "400 invalid_json", "400 invalid_content_encoding", "415", "422 invalid_envelope"];
        string[] rare = ["422 no_usable_rows", "422 unsupported_schema_version"];
        foreach (var code in FaultRun.IsFull ? [.. common, .. rare] : common) tally[code].ShouldBeGreaterThan(0, tally.ToString());
        tally["503"].ShouldBe(0, tally.ToString());
        var peak = service.PeakBytes;
        peak.ShouldBeLessThan(512L * Mebibyte);
        await service.StopAsync();
        foreach (var table in ServiceFixture.DataTables)
        {
            await using var command = fixture.Database.DataSource.CreateCommand($"SELECT count(*) FROM {table} WHERE device_id = ANY ($1)");
            command.Parameters.Add(new NpgsqlParameter { Value = refused.ToArray() });
            ((long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!).ShouldBe(0, table);
        }

        // Every body left its attempt, also those that carried what Postgres cannot hold. In full, of those that name no device the oldest are pruned by now.
        if (!FaultRun.IsFull) (await fixture.Service.QueryAsync<long>("SELECT sum(attempts)::bigint FROM sync_attempts")).ShouldBe([bodies]);
        FaultRun.Report($"{bodies} bodies", $"{tally.Summary}; the slowest answered in {slowest} ms, {peak / Mebibyte} MiB at most, 0 rows of refused ones");
    }

    private static void AddHeaders(HttpRequestMessage request, Random random)
    {
        request.Content!.Headers.TryAddWithoutValidation("Content-Type", random.Next(40) == 0 ? "application/json; charset=utf-16" : "application/json");
        switch (random.Next(20))
        {
            case 0: request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip"); break;
            case 1: request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "br"); break;
            case 2: request.Headers.TryAddWithoutValidation("Prefer", "handling=strict"); break;
            case 3: request.Content.Headers.TryAddWithoutValidation("Content-Encoding", new string('x', 79) + "😀"); break;
            case 4: request.Headers.TryAddWithoutValidation("User-Agent", "ureq/3.3.0"); break;
            case 5: request.Headers.TransferEncodingChunked = true; break;
            default: break;
        }
    }

    private const string Marker = "6513270e-269e-4d37-b2a7-4de452e6b438";

    private static string Full() => ServiceFixture.Envelope(Marker)
        .Rollup(ServiceFixture.Today).Rollup(ServiceFixture.Today.AddDays(-1), row => row.Role("user").Ticket("PAY-1"))
        .Session("s-1", row => row.Title("title").Vital("overall", "green").StartedAt(ServiceFixture.Start).EndedAt(null))
        .Window(ServiceFixture.Start.AddHours(-5)).ToJson();

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
        for (var at = text.IndexOf("\":", StringComparison.Ordinal); at >= 0; at = text.IndexOf("\":", at + 1, StringComparison.Ordinal)) colons.Add(at + 2);
        if (colons.Count == 0) return;
        var from = colons[random.Next(colons.Count)];
        var to = text.AsSpan(from).IndexOfAny(",}\n");
        if (to < 0) return;
        var replaced = string.Concat(text.AsSpan(0, from), Positions.Tokens[random.Next(Positions.Tokens.Count)], text.AsSpan(from + to));
        bytes.Clear();
        bytes.AddRange(Encoding.UTF8.GetBytes(replaced));
    }
}

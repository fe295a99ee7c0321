using System.Text;
using System.Text.Json.Nodes;
using Ingest.Testing;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Abuse;

/// <summary>P7: nothing in a body causes a 5xx, and what is refused leaves nothing behind (P3).</summary>
public sealed class BodyAttackTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly (string, string)[] Unlimited = [("Limits:RequestsPerMinute", "0"), ("Limits:RowsPerMinute", "0"), ("Limits:DevicesPerWorkspace", "0")];

    private static readonly DateTimeOffset At = EnvelopeBuilder.DefaultSyncedAt;

    [Fact]
    [Fault(FaultArea.Bodies, "Every JSON type in every position of an envelope, every field twice", "P3 P5 P7")]
    public async Task Every_position_takes_every_type_and_is_stored_or_refused_whole()
    {
        await using var service = await fixture.InstanceAsync(Unlimited);
        var marker = "00000000-0000-4000-8000-00000000d0d0";
        var bodies = Envelopes(marker).SelectMany(Positions.Of).ToList();
        var tally = await PostAllAsync(service, bodies, FaultRun.Times(brief: 8, full: 1), marker);
        tally["200"].ShouldBeGreaterThan(100);
        tally["422"].ShouldBeGreaterThan(100);
        FaultRun.Report($"{tally[""]} bodies", $"{tally.Summary}; 0 rows of refused ones");
    }

    [Fact]
    [Fault(FaultArea.Bodies, "Deep nesting, huge numbers, texts and arrays, broken UTF-8, surrogates, NUL, BOM, cut anywhere", "P3 P7")]
    public async Task Bodies_that_are_hostile_as_a_whole_are_answered_and_leave_nothing_when_refused()
    {
        await using var service = await fixture.InstanceAsync(Unlimited);
        var marker = "00000000-0000-4000-8000-00000000d0d1";
        var tally = await PostAllAsync(service, Hostile(marker, FaultRun.Times(brief: 200_000, full: 4_000_000)).ToList(), every: 1, marker);
        FaultRun.Report($"{tally[""]} bodies", $"{tally.Summary}; 0 rows of refused ones");
    }

    [Fact]
    [Fault(FaultArea.Bodies, "The same in the bodies that say what to do: rewind, replay, discard, restore", "P7")]
    public async Task Orders_take_every_type_in_every_position()
    {
        await using var service = await fixture.InstanceAsync(Unlimited);
        var device = ServiceFixture.NewDevice();
        (await service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeStored();
        var tally = new Tally();
        (string Path, string Body)[] orders =
        [
            ("/v1/ingest/rewind", $"{{\"device_id\":\"{device}\",\"from\":\"2026-05-01\",\"verify\":true}}"),
            ("/v1/ingest/rewind", "{\"all\":true,\"from\":\"2026-05-01\"}"),
            ("/v1/ingest/quarantine/replay", $"{{\"device_id\":\"{device}\",\"ids\":[\"0196d2a4-5f40-7d21-b6a7-90c1d2e3f405\"]}}"),
            ("/v1/ingest/quarantine/replay", $"{{\"device_id\":\"{device}\",\"code\":\"negative\"}}"),
            ("/v1/ingest/quarantine/discard", $"{{\"device_id\":\"{device}\",\"all\":true}}"),
            ($"/v1/ingest/changes/0196d2a4-5f40-7d21-b6a7-90c1d2e3f405/restore?device_id={device}", "{\"a\":[1]}"),
        ];
        foreach (var (path, whole) in orders)
        {
            var every = FaultRun.Times(brief: 4, full: 1);
            var bodies = Positions.Of(whole).Concat(Hostile(device, size: 20_000)).Where((_, place) => place % every == 0);
            await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (body, _) =>
            {
                var answer = await SendAsync(service, path, body.Body);
                tally.Count(answer.ShouldBeSound($"{path} {body.What}"));
            });
        }

        tally["503"].ShouldBe(0, tally.ToString());
        FaultRun.Report($"{tally[""]} bodies", tally.Summary);
    }

    /// <summary>Envelopes that fill every field, as they are built and as daemons of each era send them.</summary>
    internal static IEnumerable<string> Envelopes(string device)
    {
        yield return ServiceFixture.Envelope(device).Version(4)
            .Rollup(ServiceFixture.Today, row => row.Ticket("PAY-1").Raw("cost_cents", "1.25"))
            .Session("s-1", row => row.StartedAt(At).EndedAt(At.AddHours(1)).DurationMs(5).Repo("r").Branch("b").Ticket("T", null).PrimaryModel("m").Title("title")
                .Vital("context_drag", "green", 0.5m).Vital("cache_efficiency", "red", 1m).Vital("thrashing", "yellow", 3m).Vital("cost_acceleration", "gray").Vital("overall", "green"))
            .Window(At).Field("org_id", $"\"{IngestService.WorkspaceId}\"").ToJson();
        foreach (var sample in Repository.Samples())
        {
            var envelope = JsonNode.Parse(File.ReadAllText(sample))!.AsObject();
            envelope["device_id"] = device;
            envelope.Remove("org_id");
            envelope["workspace_id"] = IngestService.WorkspaceId;
            foreach (var (name, rows) in envelope["payload"]!.AsObject().ToList())
            {
                // Two of each kind say as much as two hundred.
                while (rows is JsonArray { Count: > 2 } many) many.RemoveAt(many.Count - 1);
            }

            yield return envelope.ToJsonString();
        }
    }

    /// <param name="device">Where the body gets as far as naming one.</param>
    /// <param name="size">Of what is huge.</param>
    private static IEnumerable<(string What, byte[] Body)> Hostile(string device, int size)
    {
        var whole = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today).Session("s").ToJson();
        var bytes = Encoding.UTF8.GetBytes(whole);
        foreach (var depth in new[] { 63, 64, 65, 1_000, size / 2 })
        {
            yield return ($"{depth} arrays", Encoding.ASCII.GetBytes(Positions.Nested("[", "]", depth)));
            yield return ($"{depth} objects in an unknown field", Field("x", Positions.Nested("{\"a\":", "}", depth, "1")));
            yield return ($"{depth} arrays in a row", Field("payload", "{\"daily_rollups\":" + Positions.Nested("[", "]", depth) + ",\"session_summaries\":[]}"));
            yield return ($"{depth} opened and never closed", Encoding.ASCII.GetBytes(new string('[', depth)));
            yield return ($"{depth} objects opened", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"payload\":", Math.Min(depth, 100_000)))));
        }

        foreach (var (what, json) in new[]
        {
            ("a huge number", new string('9', size)), ("a huge exponent", "1e" + new string('9', size)), ("a long fraction", "0." + new string('1', size)), ("a huge text", "\"" + new string('x', size) + "\""),
            ("a huge escaped text", "\"" + string.Concat(Enumerable.Repeat("\\u0041", size / 6)) + "\""), ("a huge array", "[" + string.Join(',', Enumerable.Repeat("0", size / 2)) + "]"),
            ("many objects", "[" + string.Join(',', Enumerable.Repeat("{}", size / 3)) + "]"), ("many members", "{" + string.Join(',', Enumerable.Range(0, size / 12).Select(i => $"\"{i}\":{i}")) + "}"),
        })
        {
            foreach (var field in new[] { "x", "schema_version", "device_id", "label", "synced_at", "payload" }) yield return ($"{what} as {field}", Field(field, json));
            foreach (var rows in new[] { "daily_rollups", "session_summaries", "window_summaries" })
                yield return ($"{what} as {rows}", Field("payload", $"{{\"daily_rollups\":[],\"session_summaries\":[],\"{rows}\":{json}}}"));
        }

        byte[][] pieces = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xed, 0xb0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0xf8, 0x88, 0x80, 0x80, 0x80], [0], [0x1f], [0x7f], [0xef, 0xbb, 0xbf], [0xfe, 0xff], [0x0a], [0xe2, 0x80, 0xa8]];
        foreach (var piece in pieces)
        {
            yield return ($"{Convert.ToHexString(piece)} in front", [.. piece, .. bytes]);
            yield return ($"{Convert.ToHexString(piece)} behind", [.. bytes, .. piece]);
            foreach (var text in new[] { "schema_version", "dev-mbp", "storefront", "claude_code", "daily_rollups", "terminal" })
            {
                var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) + 2;
                yield return ($"{Convert.ToHexString(piece)} within {text}", [.. bytes[..at], .. piece, .. bytes[at..]]);
            }
        }

        yield return ("nothing", []);
        yield return ("UTF-16", Encoding.Unicode.GetBytes(whole));
        yield return ("UTF-16 with its mark", [0xff, 0xfe, .. Encoding.Unicode.GetBytes(whole)]);
        yield return ("UTF-32", Encoding.UTF32.GetBytes(whole));
        yield return ("two roots", [.. bytes, .. bytes]);
        yield return ("a comment", Encoding.UTF8.GetBytes("/* */" + whole));
        yield return ("a trailing comma", Encoding.UTF8.GetBytes(whole[..^1] + ",}"));
        yield return ("blanks", Encoding.UTF8.GetBytes(new string(' ', size)));
        yield return ("zeros", new byte[size]);
        for (var length = 1; length < bytes.Length; length += 7) yield return ($"cut after {length}", bytes[..length]);

        byte[] Field(string name, string json) => ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today).Field(name, json).ToBytes();
    }

    /// <summary>Posts them, each for a device of its own in the place of the marker, and looks afterwards what the refused ones left.</summary>
    private async Task<Tally> PostAllAsync(IngestService service, List<(string What, byte[] Body)> bodies, int every, string marker)
    {
        var tally = new Tally();
        var refused = new List<string>();
        await Parallel.ForAsync(0, bodies.Count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            if (i % every != 0) return;
            var device = $"{i:x8}-{marker[24..28]}-4000-8000-{Random.Shared.NextInt64(1L << 47):x12}";
            var body = (byte[])bodies[i].Body.Clone();
            var (from, to) = (Encoding.ASCII.GetBytes(marker), Encoding.ASCII.GetBytes(device));
            for (var at = body.AsSpan().IndexOf(from); at >= 0; at = body.AsSpan().IndexOf(from)) to.CopyTo(body, at);
            var answer = (await SendAsync(service, "/v1/ingest", body)).ShouldBeSound(bodies[i].What);
            tally.Count(answer);
            if (answer.Status == 200) return;
            lock (refused) refused.Add(device);
        });

        tally["503"].ShouldBe(0, tally.ToString());
        TestContext.Current.SendDiagnosticMessage("{0}", tally);
        foreach (var table in ServiceFixture.DataTables)
            (await service.QueryAsync<string>($"SELECT device_id::text FROM {table} WHERE device_id = ANY ('{{{string.Join(',', refused)}}}')")).ShouldBeEmpty(table);
        return tally;
    }

    private static async Task<RawAnswer> SendAsync(IngestService service, string path, byte[] body)
    {
        var head = $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {IngestService.Key}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n";
        return (await RawConnection.ExchangeAsync(service.Address, [.. Encoding.ASCII.GetBytes(head), .. body], TimeSpan.FromSeconds(20))).ShouldHaveSingleItem();
    }
}

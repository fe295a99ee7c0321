using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Abuse;

/// <summary>Small bodies that mean to become large: in the decompressor, or as rows.</summary>
public sealed class BombTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Mebibyte = 1024 * 1024;
    private const int BodyBytes = 8 * Mebibyte;
    private const int Budget = 64 * Mebibyte;

    /// <summary>As docs/operations.md says: what pools keep of each size, and what the collector lets pile up before it looks, comes on top.</summary>
    private const long Most = 8L * Budget;

    [Fact]
    [Fault(FaultArea.Bodies, "Decompression bombs (gzip, br, nested, in many members) and rows that weigh more than their text, all at once", "P7")]
    public async Task Bombs_stay_within_the_memory_that_is_configured()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read from /proc.");
        await using var service = await ServiceProcess.StartAsync(
            fixture.Database.ConnectionString,
            ("Limits:BodyBytes", $"{BodyBytes}"), ("Limits:BodyBudgetBytes", $"{Budget}"), ("Limits:RequestsPerMinute", "0"), ("Limits:RowsPerMinute", "0"));
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", IngestService.Key);
        for (var i = 0; i < 200; i++) (await client.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeStored();
        var before = service.PeakBytes;

        var unpacked = FaultRun.Times(brief: 128, full: 2048) * (long)Mebibyte;
        var bombs = Bombs(unpacked);
        var rounds = FaultRun.Times(brief: 1, full: 30);
        var tally = new Tally();
        await Parallel.ForAsync(0, rounds * bombs.Count, new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (i, cancellation) =>
        {
            var (what, encoding, body) = bombs[i % bombs.Count];
            using var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            if (encoding.Length > 0) content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            using var answer = await client.PostAsync(new Uri("/v1/ingest", UriKind.Relative), content, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            tally.Count(new RawAnswer((int)answer.StatusCode, headers, text).ShouldBeSound(what));
        });

        var grown = service.PeakBytes - before;
        TestContext.Current.SendDiagnosticMessage("{0} MiB before, {1} MiB more; {2}", before / Mebibyte, grown / Mebibyte, tally);
        tally["413"].ShouldBeGreaterThan(0);
        tally["503"].ShouldBe(tally["503 overloaded"] + tally["503 store_unavailable"], tally.ToString());
        grown.ShouldBeLessThan(Most);
        (await client.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeStored();
        FaultRun.Report(
            $"{rounds * bombs.Count} bombs, up to {unpacked / Mebibyte} MiB each, 24 at once",
            $"{tally.Summary}; {before / Mebibyte} MiB before, at most {grown / Mebibyte} MiB more, with a budget of {Budget / Mebibyte} MiB for bodies");
    }

    private static List<(string What, string Encoding, byte[] Body)> Bombs(long unpacked)
    {
        var gzip = Pack(unpacked, "gzip");
        var brotli = Pack(unpacked, "br");
        var member = Pack(1024, "gzip");
        return
        [
            ("a gzip bomb", "gzip", gzip),
            ("a br bomb", "br", brotli),
            ("gzip in gzip, said once", "gzip", Pack(gzip, "gzip")),
            ("gzip in gzip, said twice", "gzip, gzip", Pack(gzip, "gzip")),
            ("br in gzip", "gzip", Pack(brotli, "gzip")),
            ("gzip in br", "br", Pack(gzip, "br")),
            ("many gzip members", "gzip", [.. Enumerable.Repeat(member, 20_000).SelectMany(bytes => bytes)]),
            ("rows that are none", "gzip", Rows("0", BodyBytes / 2)),
            ("empty rows", "gzip", Rows("{}", BodyBytes / 3)),
            ("as many empty rows as are told of", "", Envelope($"{{\"daily_rollups\":[{string.Join(',', Enumerable.Repeat("{}", 10_000))}],\"session_summaries\":[]}}", IngestService.WorkspaceId)),
            ("small windows", "gzip", Windows()),
            ("small sessions", "gzip", Sessions()),
            ("as large as may be", "", Encoding.ASCII.GetBytes("{\"x\":\"" + new string('x', BodyBytes - 8) + "\"}")),
            ("members without an end", "br", Pack(Encoding.ASCII.GetBytes("{" + string.Concat(Enumerable.Range(0, BodyBytes / 12).Select(i => $"\"{i}\":0,"))), "br")),
        ];
    }

    private static byte[] Rows(string row, int count) =>
        Pack(Envelope($"{{\"daily_rollups\":[{string.Join(',', Enumerable.Repeat(row, count - 200))}],\"session_summaries\":[]}}"), "gzip");

    /// <summary>Rows that are good, as small as they can be, and all different.</summary>
    private static byte[] Windows()
    {
        var rows = Enumerable.Range(0, BodyBytes / 260).Select(i =>
            $"{{\"started_at\":\"{EnvelopeBuilder.DefaultSyncedAt.AddSeconds(-i):yyyy-MM-ddTHH:mm:ssZ}\",\"ended_at\":\"2026-05-14T18:30:00Z\",\"duration_minutes\":1,\"message_count\":1,\"input_tokens\":1,"
            + "\"output_tokens\":1,\"cache_creation_tokens\":1,\"cache_read_tokens\":1,\"cost_cents\":1,\"burn_rate_cents_per_min\":1}");
        return Pack(Envelope($"{{\"daily_rollups\":[],\"session_summaries\":[],\"window_summaries\":[{string.Join(',', rows)}]}}"), "gzip");
    }

    private static byte[] Sessions()
    {
        var rows = Enumerable.Range(0, BodyBytes / 130).Select(i => $"{{\"session_id\":\"{i}\",\"provider\":\"p\",\"message_count\":1,\"total_input_tokens\":1,\"total_output_tokens\":1,\"total_cost_cents\":1}}");
        return Pack(Envelope($"{{\"daily_rollups\":[],\"session_summaries\":[{string.Join(',', rows)}]}}"), "gzip");
    }

    /// <summary>Of another workspace: what is measured is the reading, and not what a database does with a hundred thousand rows.</summary>
    private static byte[] Envelope(string payload, string workspaceId = "ws_other") => EnvelopeBuilder.For(workspaceId).Version(4).Field("payload", payload).ToBytes();

    private static byte[] Pack(byte[] bytes, string encoding) => Pack(encoding, packer => packer.Write(bytes));

    private static byte[] Pack(long zeros, string encoding) => Pack(encoding, packer =>
    {
        var part = new byte[Mebibyte];
        for (var left = zeros; left > 0; left -= part.Length) packer.Write(part, 0, (int)Math.Min(left, part.Length));
    });

    private static byte[] Pack(string encoding, Action<Stream> write)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true) : new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) write(packer);
        return packed.ToArray();
    }
}

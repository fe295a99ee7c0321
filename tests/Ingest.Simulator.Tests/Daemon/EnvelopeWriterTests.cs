using System.Text;
using System.Text.Json.Nodes;
using Ingest.Simulator.Daemon;
using Ingest.Testing;

namespace Ingest.Simulator.Tests.Daemon;

/// <summary>Envelopes have the bytes of daemon 8.5.3.</summary>
public sealed class EnvelopeWriterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_envelope_is_written_as_the_daemon_writes_it()
    {
        var key = new RowKey("assistant", "codex", "m", RowKey.Untagged, "4821-fix", "unknown");
        var rollup = new Rollup { MessageCount = 3, InputTokens = 4, CostEffective = 0, CostIngested = -7e-14 };
        var session = new LocalSession("s", key, "2026-03-10T11:00:00+00:00", "2026-03-10T11:30:00.5+00:00", rollup);
        Write(new Chunk([new LocalRow("2026-03-10", key, rollup)], [session])).ShouldBe(
            """
            {
              "schema_version": 2,
              "device_id": "d",
              "workspace_id": "ws",
              "label": "box",
              "synced_at": "2026-03-10T12:00:00.041234500+00:00",
              "payload": {
                "daily_rollups": [
                  {
                    "bucket_day": "2026-03-10",
                    "role": "assistant",
                    "provider": "codex",
                    "model": "m",
                    "repo_id": "(untagged)",
                    "git_branch": "4821-fix",
                    "surface": "unknown",
                    "ticket": "4821",
                    "ticket_source": "branch_numeric",
                    "message_count": 3,
                    "input_tokens": 4,
                    "output_tokens": 0,
                    "cache_creation_tokens": 0,
                    "cache_read_tokens": 0,
                    "cost_cents_effective": 0.0,
                    "cost_cents_ingested": -7e-14
                  }
                ],
                "session_summaries": [
                  {
                    "session_id": "s",
                    "provider": "codex",
                    "started_at": "2026-03-10T11:00:00+00:00",
                    "ended_at": "2026-03-10T11:30:00.5+00:00",
                    "git_branch": "4821-fix",
                    "surface": "unknown",
                    "ticket": "4821",
                    "ticket_source": "branch_numeric",
                    "message_count": 3,
                    "total_input_tokens": 4,
                    "total_output_tokens": 0,
                    "total_cost_cents": 0.0,
                    "primary_model": "m"
                  }
                ]
              }
            }
            """.ReplaceLineEndings("\n"));
    }

    /// <summary>Field by field in the order of a sample, and whole where every value is given.</summary>
    [Fact]
    public void A_sample_of_the_daemon_comes_out_again_byte_for_byte()
    {
        var sample = Repository.Samples().FirstOrDefault(path => path.Contains("v2-daemon-8.5.3", StringComparison.Ordinal));
        Assert.SkipWhen(sample is null, "There are no samples beside this checkout.");
        var text = File.ReadAllText(sample).TrimEnd('\n');
        var envelope = JsonNode.Parse(text)!;
        var rows = envelope["payload"]!["daily_rollups"]!.AsArray().Select(row => RowOf(row!)).ToList();
        var written = Write(new Chunk(rows, [])).Split('\n');
        var sent = text.Split('\n');
        var first = Array.FindIndex(sent, line => line.Contains("daily_rollups", StringComparison.Ordinal));
        var last = Array.FindIndex(sent, line => line.Contains("session_summaries", StringComparison.Ordinal));
        written[first..last].ShouldBe(sent[first..last]);
        written[..first].Select(Name).ShouldBe(sent[..first].Select(Name));
    }

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(1, "1.0")]
    [InlineData(386.229405, "386.229405")]
    [InlineData(342.123456789012, "342.123456789012")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.5e-10, "1.5e-10")]
    [InlineData(-7.105427357601002e-14, "-7.105427357601002e-14")]
    [InlineData(0.00001, "0.00001")]
    [InlineData(0.001234, "0.001234")]
    [InlineData(123456789012345680.0, "1.2345678901234568e17")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e16")]
    public void Doubles_have_the_fewest_digits_that_read_back_the_same(double value, string text) => ShortestDouble.ToText(value).ShouldBe(text);

    [Theory]
    [InlineData("feature/PAY-1284-retry", "PAY-1284", "branch")]
    [InlineData("fix-12/abc-7", "ABC-7", "branch")]
    [InlineData("4821-fix-cart", "4821", "branch_numeric")]
    [InlineData("ada/77", "77", "branch_numeric")]
    [InlineData("main", null, null)]
    [InlineData("release", null, null)]
    public void A_ticket_is_read_out_of_the_branch(string branch, string? text, string? source)
    {
        Ticket.Of(branch)?.Text.ShouldBe(text);
        (Ticket.Of(branch) is null).ShouldBe(text is null);
        Ticket.Of(branch)?.Source.ShouldBe(source);
    }

    private static string Write(Chunk chunk) =>
        Encoding.UTF8.GetString(EnvelopeWriter.Write(new DaemonConfig("d", "ws", "box", 500), Noon.AddTicks(412_345), chunk));

    private static LocalRow RowOf(JsonNode row) => new(
        Text(row, "bucket_day"),
        new RowKey(Text(row, "role"), Text(row, "provider"), Text(row, "model"), Text(row, "repo_id"), Text(row, "git_branch"), Text(row, "surface")),
        new Rollup
        {
            MessageCount = Count(row, "message_count"),
            InputTokens = Count(row, "input_tokens"),
            OutputTokens = Count(row, "output_tokens"),
            CacheCreationTokens = Count(row, "cache_creation_tokens"),
            CacheReadTokens = Count(row, "cache_read_tokens"),
            CostEffective = row["cost_cents_effective"]!.GetValue<double>(),
            CostIngested = row["cost_cents_ingested"]!.GetValue<double>(),
        });

    private static string Text(JsonNode row, string name) => row[name]!.GetValue<string>();

    private static long Count(JsonNode row, string name) => row[name]!.GetValue<long>();

    private static string Name(string line) => line.Split(':')[0];
}

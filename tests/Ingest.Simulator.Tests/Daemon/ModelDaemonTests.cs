using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Tests.Daemon;

/// <summary>The model does what the contract says of the stock daemon (C§3.2, C§3.3).</summary>
public sealed class ModelDaemonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly RowKey Key = new("assistant", "claude_code", "m", "r", "main", "terminal");

    [Fact]
    public async Task Without_a_watermark_all_days_are_sent_and_then_only_those_behind_it_and_today()
    {
        var wire = new RecordedWire(_ => Stored("2026-03-08"));
        var daemon = Daemon(wire, "2026-01-01", "2026-03-08", "2026-03-09", "2026-03-10");
        await daemon.TickAsync(Noon, default);
        await daemon.TickAsync(Noon.AddHours(1), default);
        wire.Envelopes.Select(envelope => string.Join(' ', RecordedWire.DaysOf(envelope))).ShouldBe(
            ["2026-01-01 2026-03-08 2026-03-09 2026-03-10", "2026-03-09 2026-03-10"]);
    }

    [Fact]
    public async Task Today_is_sent_even_where_the_watermark_is_ahead_of_it()
    {
        var wire = new RecordedWire(_ => Stored("2027-01-01"));
        var daemon = Daemon(wire, "2026-03-09", "2026-03-10");
        await daemon.TickAsync(Noon, default);
        await daemon.TickAsync(Noon.AddHours(1), default);
        RecordedWire.DaysOf(wire.Envelopes.Last()).ShouldBe(["2026-03-10"]);
    }

    [Fact]
    public async Task A_lower_watermark_is_stored_and_null_leaves_the_stored_one()
    {
        var answers = new[] { Stored("2026-03-08"), Stored("2026-01-01"), Stored(null) };
        var daemon = Daemon(new RecordedWire(number => answers[number - 1]), "2026-03-10");
        await daemon.TickAsync(Noon, default);
        daemon.RollupWatermark.ShouldBe("2026-03-08");
        await daemon.TickAsync(Noon.AddHours(1), default);
        daemon.RollupWatermark.ShouldBe("2026-01-01");
        await daemon.TickAsync(Noon.AddHours(2), default);
        daemon.RollupWatermark.ShouldBe("2026-01-01");
    }

    [Fact]
    public async Task With_nothing_to_send_there_is_no_request()
    {
        var wire = new RecordedWire(_ => Stored(null));
        await Daemon(wire).TickAsync(Noon, default);
        wire.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_chunk_closes_only_at_a_change_of_day_once_it_is_full()
    {
        List<LocalRow> rows = [.. Rows("2026-03-01", 4), .. Rows("2026-03-02", 9), .. Rows("2026-03-03", 1)];
        Pass.Of(rows, [], 5).Chunks.Select(chunk => chunk.Rollups.Count).ShouldBe([13, 1]);
        Pass.Of(rows, [], 14).Chunks.Count.ShouldBe(1);
    }

    [Fact]
    public void Sessions_share_the_only_envelope_or_come_in_chunks_after_the_rollups()
    {
        var sums = new Rollup { MessageCount = 1 };
        List<LocalSession> sessions = [.. Enumerable.Range(0, 7).Select(number => new LocalSession($"s{number}", Key, "a", "b", sums))];
        Pass.Of([.. Rows("2026-03-01", 3)], sessions, 10).Chunks.Select(chunk => (chunk.Rollups.Count, chunk.Sessions.Count)).ShouldBe([(3, 7)]);
        Pass.Of([.. Rows("2026-03-01", 3)], sessions, 5).Chunks.Select(chunk => (chunk.Rollups.Count, chunk.Sessions.Count)).ShouldBe([(3, 0), (0, 5), (0, 2)]);
    }

    [Fact]
    public async Task The_first_failure_ends_the_pass_and_keeps_the_watermark_of_the_chunk_before()
    {
        var wire = new RecordedWire(number => number == 2 ? SyncAnswer.NoAnswer : Stored($"2026-03-0{number}"));
        var daemon = Daemon(wire, ["2026-03-01", "2026-03-02", "2026-03-03"], chunk: 1);
        await daemon.TickAsync(Noon, default);
        wire.Sent.Count.ShouldBe(2);
        daemon.RollupWatermark.ShouldBe("2026-03-01");
        daemon.SessionWatermark.ShouldBeNull("not every chunk succeeded");
    }

    [Fact]
    public async Task The_session_watermark_is_the_devices_clock_at_the_end_of_a_whole_pass()
    {
        var daemon = Daemon(new RecordedWire(_ => Stored(null)), "2026-03-10");
        daemon.Skew = TimeSpan.FromHours(30);
        await daemon.TickAsync(Noon, default);
        daemon.SessionWatermark!.ShouldStartWith("2026-03-11T18:00:00.");
    }

    [Fact]
    public async Task Rows_are_read_once_while_each_chunk_is_stamped_when_it_is_sent()
    {
        var wire = new RecordedWire(_ => Stored(null));
        var daemon = Daemon(wire, ["2026-03-09", "2026-03-10"], chunk: 1);
        var pass = daemon.Read(Noon);
        daemon.Store.Add("2026-03-10", Key, new Rollup { MessageCount = 5 });
        await daemon.SendAsync(pass, Noon.AddHours(15), default);
        var stamps = wire.Envelopes.Select(envelope => envelope["synced_at"]!.GetValue<string>()).ToList();
        stamps.Distinct().Count().ShouldBe(2);
        stamps.ShouldAllBe(stamp => stamp.StartsWith("2026-03-11T03:00:00", StringComparison.Ordinal));
        wire.Envelopes.Last()["payload"]!["daily_rollups"]![0]!["message_count"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Stamps_only_go_forward_where_nobody_turns_the_clock()
    {
        var wire = new RecordedWire(_ => Stored(null));
        var daemon = Daemon(wire, ["2026-03-08", "2026-03-09", "2026-03-10"], chunk: 1);
        var pass = daemon.Read(Noon);
        await daemon.SendAsync(pass, Noon, default);
        await daemon.TickAsync(Noon, default);
        var stamps = wire.Envelopes.Select(envelope => envelope["synced_at"]!.GetValue<string>()).ToList();
        stamps.Count.ShouldBe(6);
        stamps.ShouldBe(stamps.Order(StringComparer.Ordinal));
        stamps.ShouldBeUnique();
    }

    [Fact]
    public async Task After_a_401_it_asks_no_more()
    {
        var wire = new RecordedWire(_ => SyncAnswer.Of(401, default));
        var daemon = Daemon(wire, "2026-03-10");
        await daemon.TickAsync(Noon, default);
        await daemon.TickAsync(Noon.AddDays(1), default);
        wire.Sent.Count.ShouldBe(1);
        daemon.HasStopped.ShouldBeTrue();
    }

    [Theory]
    [InlineData(503, 1, 2)]
    [InlineData(503, 3, 8)]
    [InlineData(400, 8, 256)]
    [InlineData(429, 9, 300)]
    [InlineData(422, 1, 300)]
    public async Task It_waits_as_the_answer_says(int status, int failures, int seconds)
    {
        var daemon = Daemon(new RecordedWire(_ => SyncAnswer.Of(status, "{}"u8.ToArray())), "2026-03-10");
        var now = Noon;
        for (var failure = 0; failure < failures; failure++)
        {
            now = now.AddHours(1);
            await daemon.TickAsync(now, default);
        }

        daemon.NextTick.ShouldBe(now.AddSeconds(seconds));
    }

    private static SyncAnswer Stored(string? watermark) => new(SyncOutcome.Success, watermark);

    private static IEnumerable<LocalRow> Rows(string day, int count) =>
        Enumerable.Range(0, count).Select(number => new LocalRow(day, Key with { Model = $"m{number}" }, new Rollup { MessageCount = 1 }));

    private static ModelDaemon Daemon(ISyncWire wire, params string[] days) => Daemon(wire, days, 500);

    private static ModelDaemon Daemon(ISyncWire wire, string[] days, int chunk)
    {
        var store = new LocalStore();
        foreach (var day in days) store.Add(day, Key, new Rollup { MessageCount = 1 });
        return new ModelDaemon(new DaemonConfig("d23f0824-128b-4f33-8c5c-7fd0a6a3a450", "ws", "label", chunk), store, wire);
    }
}

using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>Histories that are told anew: resets and imports, torn by failures and by ticks in the middle.</summary>
public sealed class ImportTests
{
    [Fact]
    public async Task A_pass_after_a_reset_goes_on_where_a_chunk_failed()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(20);
        for (var ago = 120; ago > 20; ago--) daemon.Record(ago, scenario.Today.AddDays(-ago), "imported");
        daemon.Reset();
        daemon.ChunkRows = 25;
        var broken = await scenario.NextTickAsync(daemon, Delivery.Arrives, Delivery.Arrives, Delivery.NeverArrives);
        broken.Count.ShouldBe(3);

        var rest = await scenario.NextTickAsync(daemon);
        rest[0].Days[0].ShouldBe(broken[2].Days[0]);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task A_pass_that_changes_closed_days_and_breaks_is_made_again()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(100);
        foreach (var rows in daemon.Days.Values) rows[new LocalKey("main", "terminal")] += 5;
        daemon.Reset();
        daemon.ChunkRows = 25;
        (await scenario.NextTickAsync(daemon, Delivery.Arrives, Delivery.Arrives, Delivery.AnswerIsLost)).Count.ShouldBe(3);
        await scenario.NextTickAsync(daemon, Delivery.Arrives, Delivery.NeverArrives);
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task Days_that_are_rebuilt_bit_by_bit_while_the_daemon_syncs_end_up_whole()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        var import = new Import(daemon, parts: 5);
        import.Begin();
        (await scenario.NextTickAsync(daemon)).ShouldBeEmpty();
        for (var part = 0; part < 5; part++)
        {
            import.Bring(part);
            // Whoever waits too long resets by hand, too.
            if (part == 2) daemon.Reset();
            await scenario.NextTickAsync(daemon);
        }

        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task What_an_import_brings_after_a_long_pause_arrives_within_a_look_back()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(60);
        var import = new Import(daemon, parts: 4);
        import.Begin();
        foreach (var part in new[] { 0, 1 })
        {
            import.Bring(part);
            await scenario.NextTickAsync(daemon);
        }

        // Half a history, told alike over and over, looks like a whole one.
        for (var tick = 0; tick < 4; tick++) await scenario.NextTickAsync(daemon);
        import.Bring(2);
        import.Bring(3);
        await scenario.LiveAsync(daemon, TimeSpan.FromHours(26), TimeSpan.FromHours(1));
        await scenario.ShouldHoldAsync(daemon);
    }

    /// <summary><c>budi db import --force</c>: the local days are emptied and read again from logs, some of each day at a time.</summary>
    private sealed class Import(StockDaemon daemon, int parts)
    {
        private readonly List<(DateOnly Day, LocalKey Key, long Messages)> _logs =
            [.. daemon.Days.SelectMany(day => day.Value.Select(row => (day.Key, row.Key, row.Value)))];

        public void Begin()
        {
            daemon.Days.Clear();
            daemon.Reset();
        }

        public void Bring(int part)
        {
            foreach (var (day, key, messages) in _logs)
            {
                var share = (messages / parts) + (part < messages % parts ? 1 : 0);
                if (share > 0) daemon.Record(share, day, key.Branch, key.Surface);
            }
        }
    }
}

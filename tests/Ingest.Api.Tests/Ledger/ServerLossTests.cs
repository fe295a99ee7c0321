using Ingest.Testing.Daemons;

namespace Ingest.Api.Tests.Ledger;

/// <summary>The server forgets, and its daemons do not know.</summary>
public sealed class ServerLossTests
{
    [Fact]
    public async Task A_server_that_was_restored_from_a_backup_has_everything_again_within_a_look_back()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(40);
        var backup = await scenario.BackUpAsync(daemon);
        await scenario.LiveAsync(daemon, TimeSpan.FromDays(12), TimeSpan.FromHours(8));
        daemon.Record(9, scenario.Today.AddDays(-20), "late");
        await scenario.LiveAsync(daemon, TimeSpan.FromHours(30), TimeSpan.FromHours(6));
        await scenario.ShouldHoldAsync(daemon);

        await scenario.RestoreAsync(backup, daemon);
        (await scenario.LostAsync(daemon)).ShouldNotBeEmpty();
        await scenario.LiveAsync(daemon, TimeSpan.FromHours(25), TimeSpan.FromHours(6));
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task A_backup_older_than_a_look_back_reaches_is_made_up_for_by_the_full_one()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(40);
        var backup = await scenario.BackUpAsync(daemon);
        await scenario.LiveAsync(daemon, TimeSpan.FromDays(60), TimeSpan.FromDays(1));
        await scenario.ShouldHoldAsync(daemon);

        await scenario.RestoreAsync(backup, daemon);
        await scenario.LiveAsync(daemon, TimeSpan.FromDays(7.5), TimeSpan.FromHours(12));
        await scenario.ShouldHoldAsync(daemon);
    }

    [Fact]
    public async Task A_new_server_gets_all_history_of_a_daemon_that_believes_it_has_sent_it()
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(150);
        daemon.ChunkRows = 100;
        await scenario.MoveToNewServerAsync(daemon);
        daemon.Watermark = $"{scenario.Today.AddDays(-1):yyyy-MM-dd}";
        daemon.Record();
        (await scenario.NextTickAsync(daemon)).ShouldHaveSingleItem().Days.ShouldHaveSingleItem();
        (await scenario.NextTickAsync(daemon)).Count.ShouldBeGreaterThan(2);
        await scenario.ShouldHoldAsync(daemon);
    }

    [Theory]
    [InlineData(Delivery.AnswerIsLost)]
    [InlineData(Delivery.NeverArrives)]
    public async Task A_new_server_gets_all_history_also_where_the_first_pass_breaks(Delivery failure)
    {
        await using var scenario = await Scenario.StartAsync();
        var daemon = await scenario.SettledDaemonAsync(150);
        daemon.ChunkRows = 100;
        await scenario.MoveToNewServerAsync(daemon);
        await scenario.NextTickAsync(daemon, Delivery.AnswerIsLost);
        await scenario.NextTickAsync(daemon);
        await scenario.NextTickAsync(daemon, Delivery.Arrives, failure);
        await scenario.NextTickAsync(daemon);
        await scenario.ShouldHoldAsync(daemon);
    }
}

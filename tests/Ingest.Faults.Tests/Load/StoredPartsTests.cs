using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Load;

/// <summary>What all the others rest on: the comparison with the model sees what is lost, mixed, in part, or counted wrong.</summary>
public sealed class StoredPartsTests
{
    [Theory]
    [InlineData("UPDATE daily_rollups SET message_count = message_count - 1, input_tokens = input_tokens - 10 WHERE git_branch = 'branch-0'", "mixed")]
    [InlineData("DELETE FROM daily_rollups WHERE git_branch = 'branch-1'", "mixed")]
    [InlineData("UPDATE daily_rollups SET ghosted_at = NULL WHERE ghosted_at IS NOT NULL", "mixed")]
    [InlineData("UPDATE session_summaries SET message_count = 1, total_input_tokens = 10 + total_input_tokens % 10", "mixed")]
    [InlineData("DELETE FROM session_summaries WHERE session_id = 'session-4'", "lost")]
    [InlineData("DELETE FROM session_summaries WHERE session_id = 'session-4'", "in part")]
    [InlineData("UPDATE device_days SET cost_effective = cost_effective + 1", "the ledger disagrees")]
    [InlineData("DELETE FROM device_days WHERE bucket_day = (SELECT max(bucket_day) FROM device_days)", "the ledger disagrees")]
    [InlineData("UPDATE devices SET session_rows = session_rows + 1", "the device disagrees")]
    public async Task Whatever_is_not_as_it_was_acknowledged_is_found(string change, string finding)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, null, Settings.Unlimited);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 2), service.Address);
        await load.AcknowledgedAsync(12);
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database.DataSource, load.History);

        (await service.QueryAsync<long>($"WITH changed AS ({change} RETURNING 1) SELECT count(*) FROM changed")).ShouldHaveSingleItem().ShouldBePositive();
        (await Assert.ThrowsAsync<ShouldAssertException>(() => StoredParts.ShouldAgreeAsync(database.DataSource, load.History))).Message.ShouldContain(finding);
    }

    [Theory]
    [InlineData(500, "internal", true)]
    [InlineData(503, "internal", true)]
    [InlineData(503, "store_unavailable", false)]
    [InlineData(401, "unauthorized", false)]
    public void Answers_that_no_fault_excuses_are_found(int status, string code, bool saysWhen)
    {
        var plan = LoadPlan.Of(devices: 1);
        var history = new History(plan);
        history.Begin(plan.DeviceOf(0), LoadPlan.First);
        history.End(plan.DeviceOf(0), LoadPlan.First, new Answer(status, code, 0, saysWhen));
        history.Wrong().ShouldHaveSingleItem().ShouldContain($"{status} {code}");
    }

    [Fact]
    public void Rows_that_lose_against_nothing_are_found()
    {
        var plan = LoadPlan.Of(devices: 1);
        var history = new History(plan);
        history.Begin(plan.DeviceOf(0), LoadPlan.First);
        history.End(plan.DeviceOf(0), LoadPlan.First, new Answer(200, "", Superseded: 3, SaysWhen: false));
        history.Wrong().ShouldHaveSingleItem().ShouldContain("superseded");
    }
}

using System.Text.Json.Nodes;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>P2: the same bytes twice write nothing.</summary>
public sealed class RepeatTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly string[] ContractMembers =
    [
        "accepted", "watermark", "records_upserted", "daily_rollups_upserted", "session_summaries_upserted", "window_summaries_upserted",
        "surfaces_seen", "providers_seen",
    ];

    private static readonly DateOnly Day = ServiceFixture.Today;

    [Fact]
    public async Task The_same_body_five_times_is_answered_alike_and_writes_no_row()
    {
        var device = ServiceFixture.NewDevice();
        var body = ServiceFixture.Envelope(device)
            .Rollup(Day.AddDays(-1)).Rollup(Day, row => row.Role("user")).RawRollup("""{"bucket_day": "2026-02-31"}""")
            .Session("s-1", row => row.Surface("vscode")).Session("s-2").Window(ServiceFixture.Start.AddHours(-3)).ToJson();
        var first = (await fixture.Service.PostAsync(body)).ShouldBeStored();
        var versions = await fixture.VersionsAsync(device);
        await fixture.Service.StopAsync();
        var before = await WrittenAsync();

        await using (var again = await fixture.InstanceAsync())
        {
            for (var i = 0; i < 5; i++)
            {
                var repeated = (await again.PostAsync(body)).ShouldBeStored();
                foreach (var member in ContractMembers) Text(repeated[member]).ShouldBe(Text(first[member]), member);
                Text(repeated["rejected_rows"]).ShouldBe(Text(first["rejected_rows"]));
                Text(repeated["rows"]).ShouldBe("""{"changed":0,"unchanged":5,"superseded":0,"rejected":1}""");
            }

            await again.StopAsync();
        }

        // Only now is it known that the server's own count is complete: a session reports what it wrote when it ends, at the latest.
        var after = await WrittenAsync();
        foreach (var table in ServiceFixture.DataTables) after[table].ShouldBe(before[table], table);
        before["daily_rollups"].ShouldBe(2);
        after["sync_attempts"].ShouldBeGreaterThan(before["sync_attempts"]);
        (await fixture.VersionsAsync(device)).ShouldBe(versions);
    }

    /// <summary>Rows inserted, updated and deleted so far, by table, once every session of the service has ended.</summary>
    private async Task<Dictionary<string, long>> WrittenAsync()
    {
        await Eventually.TrueAsync(
            async () => (await fixture.Service.QueryAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ingest'"))[0] == 0,
            "the sessions of the service have ended");
        var counts = await fixture.Service.QueryAsync<string>(
            "SELECT relname || ' ' || (n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables");
        return counts.Select(line => line.Split(' ')).ToDictionary(words => words[0], words => long.Parse(words[1]));
    }

    private static string? Text(JsonNode? node) => node?.ToJsonString();
}

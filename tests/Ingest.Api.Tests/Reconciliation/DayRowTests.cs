using System.Text.Json.Nodes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Reconciliation;

public sealed class DayRowTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Day = ServiceFixture.Today.AddDays(-3);

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task A_row_is_found_whether_it_counts_is_a_ghost_or_was_put_aside()
    {
        var device = ServiceFixture.NewDevice();
        var bad = $$"""{"bucket_day": "{{Day:yyyy-MM-dd}}", "role": "user", "provider": "p", "model": "m", "repo_id": "r", "git_branch": "b", "surface": "s", "message_count": -7, "secret": "never kept"}""";
        var stored = (await Service.PostAsync(ServiceFixture.Envelope(device)
            .Rollup(Day, row => row.Branch("a").Ticket("T-1").Cost(effective: 0.1m, ingested: 0.3m))
            .Rollup(Day, row => row.Branch("b"))
            .RawRollup(bad))).ShouldBeStored();
        var attempt = stored.Text("attempt_id")!;
        await Service.MarkRowsAsync(device, "git_branch = 'b'", "ghosted_at = '2026-05-14T08:00:00Z'");
        await Service.MarkRowsAsync(device, "git_branch = 'a'", $"attempt_id = '{attempt}'");

        ServiceAnswer answer = null!;
        await Eventually.TrueAsync(
            async () => (answer = (await RowsAsync(device)).ShouldBeStored())["rows"]![0]!["received_at"] is not null, "the attempt is written");
        answer.Text("device_id").ShouldBe(device);
        answer.Text("bucket_day").ShouldBe("2026-05-11");
        answer.Text("state").ShouldBe("complete");
        answer["next_cursor"].ShouldBeNull();

        var live = answer["rows"]![0]!;
        ((string)live["state"]!).ShouldBe("live");
        ((string)live["git_branch"]!).ShouldBe("a");
        ((string)live["ticket"]!).ShouldBe("T-1");
        live["message_count"]!.GetValue<long>().ShouldBe(10);
        live["cache_read_tokens"]!.GetValue<long>().ShouldBe(4000);
        live["cost_cents_effective"]!.ToJsonString().ShouldBe("0.1");
        live["cost_cents_ingested"]!.ToJsonString().ShouldBe("0.3");
        ((string)live["attempt_id"]!).ShouldBe(attempt);
        live["received_at"]!.GetValue<DateTimeOffset>().ShouldBe(new DateTimeOffset(
            (await Service.QueryAsync<DateTime>($"SELECT received_at FROM sync_attempts WHERE attempt_id = '{attempt}'"))[0], TimeSpan.Zero));
        live["ghosted_at"].ShouldBeNull();

        var ghost = answer["rows"]![1]!;
        ((string)ghost["state"]!).ShouldBe("ghost");
        ghost["ghosted_at"]!.GetValue<DateTimeOffset>().ShouldBe(new DateTimeOffset(2026, 5, 14, 8, 0, 0, TimeSpan.Zero));

        answer["quarantined_rows"]!.GetValue<long>().ShouldBe(1);
        var aside = answer["quarantined"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)aside["kind"]!).ShouldBe("daily_rollups");
        ((string)aside["code"]!).ShouldBe((string)stored["rejected_rows"]![0]!["code"]!);
        ((string)aside["attempt_id"]!).ShouldBe(attempt);
        aside["row"]!["message_count"]!.GetValue<int>().ShouldBe(-7);
        aside["row"]!.ToJsonString().ShouldNotContain("secret");
    }

    [Fact]
    public async Task Pages_hold_every_row_once_in_the_order_of_its_key()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).RawRollup($$"""{"bucket_day": "{{Day:yyyy-MM-dd}}", "role": "user"}""");
        // Orders of texts differ from language to language; the key's is that of the bytes.
        string[] branches = ["Z", "a", "b", "é", "ü/ü", "\"quoted\"", "-", "~", "🙂", "B"];
        foreach (var branch in branches)
        {
            envelope.Rollup(Day, row => row.Branch(branch)).Rollup(Day, row => row.Branch(branch).Role("user")).Rollup(Day.AddDays(-1), row => row.Branch(branch));
        }

        (await Service.PostAsync(envelope)).ShouldBeStored();
        var found = new List<string>();
        var pages = 0;
        string? cursor = null;
        do
        {
            var page = (await RowsAsync(device, "&limit=3" + (cursor is null ? "" : $"&cursor={cursor}"))).ShouldBeStored();
            found.AddRange(page["rows"]!.AsArray().Select(row => $"{row!["role"]} {row["git_branch"]}"));
            page["quarantined"]!.AsArray().Count.ShouldBe(cursor is null ? 1 : 0);
            page["quarantined_rows"]?.GetValue<long>().ShouldBe(1);
            (page["quarantined_rows"] is null).ShouldBe(cursor is not null);
            cursor = page.Text("next_cursor");
            pages++;
        }
        while (cursor is not null);

        pages.ShouldBe(7);
        found.ShouldBe(await Service.QueryAsync<string>(
            $"SELECT role || ' ' || git_branch FROM daily_rollups WHERE device_id = '{device}' AND bucket_day = '{Day:yyyy-MM-dd}' ORDER BY role, git_branch"));
        found.Count.ShouldBe(2 * branches.Length);
    }

    [Fact]
    public async Task A_day_of_which_nothing_is_stored_has_no_state_and_no_rows()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Day))).ShouldBeStored();
        var answer = (await Service.GetAsync($"/v1/ingest/rows?device_id={device}&bucket_day=2020-01-01")).ShouldBeStored();
        answer["state"].ShouldBeNull();
        answer["rows"]!.AsArray().ShouldBeEmpty();
        answer["quarantined_rows"]!.GetValue<long>().ShouldBe(0);
    }

    [Fact]
    public async Task Of_many_rows_put_aside_the_first_hundred_are_shown_and_all_are_counted()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(Day);
        for (var i = 0; i < 120; i++)
        {
            envelope.RawRollup($$"""{"bucket_day": "{{Day:yyyy-MM-dd}}", "role": "user", "git_branch": "b{{i}}"}""");
            envelope.RawRollup($$"""{"bucket_day": "{{Day.AddDays(-1):yyyy-MM-dd}}", "role": "user", "git_branch": "b{{i}}"}""");
        }

        (await Service.PostAsync(envelope)).ShouldBeStored();
        var answer = (await RowsAsync(device)).ShouldBeStored();
        answer["quarantined"]!.AsArray().Count.ShouldBe(100);
        answer["quarantined_rows"]!.GetValue<long>().ShouldBe(120);
    }

    private Task<ServiceAnswer> RowsAsync(string device, string more = "") => Service.GetAsync($"/v1/ingest/rows?device_id={device}&bucket_day={Day:yyyy-MM-dd}{more}");
}

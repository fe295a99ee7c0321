using System.Text.Json.Nodes;
using Ingest.Api.Tests.Operator;
using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Reconciliation;

/// <summary>What a closed day held is put back, everywhere it is told of, and stays until the device says something new.</summary>
public sealed class RestoreTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Closed = ServiceFixture.Today.AddDays(-9);

    private int _tick;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task A_day_that_shrank_counts_again_what_it_counted()
    {
        var device = await ShrunkAsync();
        (await DayAsync(device))["state"]!.GetValue<string>().ShouldBe("shrunk");
        var whole = (await ChangesAsync(device)).ShouldHaveSingleItem();

        var answer = (await RestoreAsync(device, whole)).ShouldBeStored();
        answer.Text("device_id").ShouldBe(device);
        answer.Text("bucket_day").ShouldBe("2026-05-05");
        answer["restored"]!.GetValue<bool>().ShouldBeTrue();
        Sums(answer["before"]!).ShouldBe("1 rows 42 messages 12.5 cents");
        Sums(answer["after"]!).ShouldBe("2 rows 49 messages 25.0001 cents");
        answer.Text("attempt_id").ShouldBe(answer.Response.Headers.GetValues("Ingest-Attempt-Id").Single());

        var day = await DayAsync(device);
        Sums(day).ShouldBe("2 rows 49 messages 25.0001 cents");
        day["state"]!.GetValue<string>().ShouldBe("changed_after_close");
        day["ghost_rows"]!.GetValue<int>().ShouldBe(0);
        day["restored_at"].ShouldNotBeNull();
        day["attempt_id"]!.GetValue<string>().ShouldBe(answer.Text("attempt_id"));
        (await RowsAsync(device)).ShouldBe(["main 42 live", "tidy 7 live"]);
        (await UsageAsync(device)).ShouldBe(49);
        (await Service.StatusAsync(device))["total_rollup_records"]!.GetValue<long>().ShouldBe(3);

        var kept = (await Service.GetAsync($"/v1/ingest/changes/{answer.Text("version_id")}?device_id={device}")).ShouldBeStored();
        kept["reasons"]!.ToJsonString().ShouldBe("""["restored"]""");
        kept.Text("attempt_id").ShouldBe(answer.Text("attempt_id"));
        kept["rows"]!.AsArray().ShouldHaveSingleItem()!["git_branch"]!.GetValue<string>().ShouldBe("main");
    }

    [Fact]
    public async Task What_the_device_gained_meanwhile_is_no_longer_counted()
    {
        var device = ServiceFixture.NewDevice();
        await SyncAsync(device, ("main", 42));
        await SyncAsync(device, ("main", 1), ("other", 3));
        (await RestoreAsync(device, (await ChangesAsync(device))[0])).ShouldBeStored();
        (await RowsAsync(device)).ShouldBe(["main 42 live", "other 3 ghost"]);
        (await UsageAsync(device)).ShouldBe(42);
        (await Service.StatusAsync(device))["total_rollup_records"]!.GetValue<long>().ShouldBe(2);
    }

    [Fact]
    public async Task The_device_sending_the_shrunk_day_again_writes_nothing()
    {
        var device = await ShrunkAsync();
        (await RestoreAsync(device, (await ChangesAsync(device))[0])).ShouldBeStored();
        var before = await WrittenAsync(device);
        for (var i = 0; i < 3; i++) (await SyncAsync(device, ("main", 42)))["rows.changed"]!.GetValue<int>().ShouldBe(0);
        (await WrittenAsync(device)).ShouldBe(before);
        (await UsageAsync(device)).ShouldBe(49);
    }

    [Fact]
    public async Task The_device_sending_something_else_replaces_what_was_restored_and_leaves_it_as_a_version()
    {
        var device = await ShrunkAsync();
        (await RestoreAsync(device, (await ChangesAsync(device))[0])).ShouldBeStored();
        (await SyncAsync(device, ("main", 43)))["rows.changed"]!.GetValue<int>().ShouldBe(1);
        var day = await DayAsync(device);
        Sums(day).ShouldBe("1 rows 43 messages 12.5 cents");
        day["restored_at"].ShouldBeNull();
        (await RowsAsync(device)).ShouldBe(["main 43 live", "tidy 7 ghost"]);

        // All of one instant of the test's clock: the one that holds what was restored is found by its rows.
        var versions = await ChangesAsync(device);
        versions.Count.ShouldBe(3);
        (await Service.QueryAsync<long>($"SELECT message_count_before FROM day_versions WHERE device_id = '{device}' AND message_count_after = 43")).ShouldBe([49]);
    }

    [Fact]
    public async Task A_restoration_is_undone_by_restoring_what_it_replaced_and_the_device_has_no_say_in_either()
    {
        var device = await ShrunkAsync();
        var whole = (await ChangesAsync(device))[0];
        var shrunk = (await RestoreAsync(device, whole)).ShouldBeStored().Text("version_id")!;

        var undone = (await RestoreAsync(device, shrunk)).ShouldBeStored();
        Sums(undone["after"]!).ShouldBe("1 rows 42 messages 12.5 cents");
        (await RowsAsync(device)).ShouldBe(["main 42 live", "tidy 7 ghost"]);

        (await RestoreAsync(device, whole)).ShouldBeStored();
        (await SyncAsync(device, ("main", 42)))["rows.changed"]!.GetValue<int>().ShouldBe(0);
        (await UsageAsync(device)).ShouldBe(49);
    }

    [Fact]
    public async Task What_stands_there_already_is_not_written_again()
    {
        var device = await ShrunkAsync();
        var whole = (await ChangesAsync(device))[0];
        (await RestoreAsync(device, whole)).ShouldBeStored();
        var before = await WrittenAsync(device);
        var again = (await RestoreAsync(device, whole)).ShouldBeStored();
        again["restored"]!.GetValue<bool>().ShouldBeFalse();
        again["version_id"].ShouldBeNull();
        again["after"]!.ToJsonString().ShouldBe(again["before"]!.ToJsonString());
        Sums(again["after"]!).ShouldBe("2 rows 49 messages 25.0001 cents");
        (await WrittenAsync(device)).ShouldBe(before);
    }

    [Fact]
    public async Task Two_that_restore_at_once_write_once()
    {
        var device = await ShrunkAsync();
        var whole = (await ChangesAsync(device))[0];
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RestoreAsync(device, whole)));
        answers.Select(answer => answer.ShouldBeStored()["restored"]!.GetValue<bool>()).Count(restored => restored).ShouldBe(1);
        (await fixture.CountAsync("day_versions", device)).ShouldBe(2);
        (await Service.StatusAsync(device))["total_rollup_records"]!.GetValue<long>().ShouldBe(3);
    }

    [Fact]
    public async Task An_expired_day_is_not_brought_back()
    {
        var device = await ShrunkAsync();
        await Service.MarkDayAsync(device, Closed, "expired_at = '2026-05-14T08:00:00Z'");
        var before = await WrittenAsync(device);
        (await RestoreAsync(device, (await ChangesAsync(device))[0])).ShouldBeRefused(409, "day_expired");
        (await WrittenAsync(device)).ShouldBe(before);
    }

    [Fact]
    public async Task A_member_may_not_restore_not_even_on_an_own_device()
    {
        using var bob = await fixture.ClientAsync("bob-restores");
        var device = await ShrunkAsync(bob);
        var before = await WrittenAsync(device);
        (await RestoreAsync(device, (await ChangesAsync(device))[0], bob)).ShouldBeRefused(403, "role_missing");
        (await WrittenAsync(device)).ShouldBe(before);
    }

    [Fact]
    public async Task Another_workspaces_device_is_not_found_nor_is_a_change_of_another_device()
    {
        using var eve = await fixture.ClientAsync("eve-restores", UserRole.Manager, "ws_eve_restores");
        var device = await ShrunkAsync();
        var whole = (await ChangesAsync(device))[0];
        (await RestoreAsync(device, whole, eve)).ShouldBeRefused(404, "device_not_found");
        await eve.PostEnvelopeAsync(EnvelopeBuilder.For("ws_eve_restores").Device(device).Rollup(Closed));
        (await RestoreAsync(device, whole, eve)).ShouldBeRefused(404, "change_not_found");

        var other = await ShrunkAsync();
        foreach (var id in new[] { whole, Guid.NewGuid().ToString(), Guid.Empty.ToString(), "nonsense" })
            (await RestoreAsync(other, id)).ShouldBeRefused(404, "change_not_found");
        (await RestoreAsync(ServiceFixture.NewDevice(), whole)).ShouldBeRefused(404, "device_not_found");
        (await RestoreAsync("", whole)).ShouldBeRefused(400, "missing_device_id");
        (await fixture.CountAsync("day_versions", device)).ShouldBe(1);
        (await UsageAsync(device)).ShouldBe(42);
    }

    [Fact]
    public async Task The_verb_restores_and_says_what_it_did()
    {
        var device = await ShrunkAsync();
        var whole = (await ChangesAsync(device))[0];
        (await RunAsync("device", "restore", device, "nonsense")).Error.ShouldContain("'nonsense' is no version_id of a change");
        (await RunAsync("device", "restore", device, Guid.NewGuid().ToString())).Error.ShouldContain("has no change");
        (await RunAsync("device", "restore", "nobodys", whole)).Error.ShouldContain("has ever synced to this server");
        (await RunAsync("device", "restore", device, whole, "--workspace", "ws_none")).Error.ShouldContain("There is no workspace \"ws_none\"");

        var (code, output, _) = await RunAsync("device", "restore", device.ToUpperInvariant(), whole, "--workspace", IngestService.WorkspaceId);
        code.ShouldBe(0);
        output.ShouldContain($"2026-05-05 of device {device} is restored: 2 rows with 49 messages and 25.0001 cents, where it held 1 row with 42 messages and 12.5 cents.");
        (await UsageAsync(device)).ShouldBe(49);

        var again = JsonNode.Parse((await RunAsync("device", "restore", device, whole, "--format", "json")).Output)!;
        again["restored"]!.GetValue<bool>().ShouldBeFalse();
        again["after"]!["message_count"]!.GetValue<long>().ShouldBe(49);
        (await RunAsync("device", "restore", device, whole)).Output.ShouldContain("Nothing was written");

        await Service.MarkDayAsync(device, Closed, "expired_at = '2026-05-14T08:00:00Z'");
        (await RunAsync("device", "restore", device, whole)).Error.ShouldContain("2026-05-05 has expired");
    }

    /// <summary>A device whose closed day held two rows and now holds one of them.</summary>
    private async Task<string> ShrunkAsync(HttpClient? client = null)
    {
        var device = ServiceFixture.NewDevice();
        await SyncAsync(client ?? Service.Client, device, ("main", 42), ("tidy", 7));
        await SyncAsync(client ?? Service.Client, device, ("main", 42));
        return device;
    }

    private Task<ServiceAnswer> SyncAsync(string device, params (string Branch, int Messages)[] rows) => SyncAsync(Service.Client, device, rows);

    private async Task<ServiceAnswer> SyncAsync(HttpClient client, string device, params (string Branch, int Messages)[] rows)
    {
        var envelope = ServiceFixture.Envelope(device, ServiceFixture.Start.AddSeconds(_tick++)).Rollup(ServiceFixture.Today);
        foreach (var (branch, messages) in rows) envelope.Rollup(Closed, row => row.Branch(branch).Messages(messages).Cost(branch == "tidy" ? 12.5001m : 12.5m));
        return (await client.PostEnvelopeAsync(envelope, ("User-Agent", "ureq/3.3.0"))).ShouldBeStored();
    }

    private async Task<ServiceAnswer> RestoreAsync(string device, string version, HttpClient? client = null) => await ServiceAnswer.ReadAsync(
        await (client ?? Service.Client).PostAsync(new Uri($"/v1/ingest/changes/{version}/restore?device_id={device}", UriKind.Relative), content: null));

    private async Task<List<string>> ChangesAsync(string device) =>
        [.. (await Service.GetAsync($"/v1/ingest/changes?device_id={device}")).ShouldBeStored()["changes"]!.AsArray().Select(change => (string)change!["version_id"]!)];

    private async Task<JsonNode> DayAsync(string device) =>
        (await Service.GetAsync($"/v1/ingest/manifest?device_id={device}&from=2026-05-05&to=2026-05-06")).ShouldBeStored()["days"]!.AsArray().ShouldHaveSingleItem()!;

    private async Task<IEnumerable<string>> RowsAsync(string device) =>
        (await Service.GetAsync($"/v1/ingest/rows?device_id={device}&bucket_day=2026-05-05")).ShouldBeStored()["rows"]!.AsArray()
        .Select(row => $"{row!["git_branch"]} {row["message_count"]} {row["state"]}");

    private async Task<long> UsageAsync(string device) =>
        (await Service.GetAsync($"/v1/usage?device_id={device}&from=2026-05-05&to=2026-05-06")).ShouldBeStored()["totals.message_count"]!.GetValue<long>();

    /// <summary>Every row of days, rollups and versions as it is stored: equal only if none of them was written.</summary>
    private async Task<List<string>> WrittenAsync(string device)
    {
        var written = new List<string>();
        foreach (var table in new[] { "device_days", "daily_rollups", "day_versions" })
            written.AddRange(await Service.QueryAsync<string>($"SELECT t.ctid || ' ' || t.xmin || ' ' || t::text FROM {table} AS t WHERE device_id = '{device}' ORDER BY t.ctid"));
        return written;
    }

    private static string Sums(JsonNode held) => $"{held["rollup_rows"]} rows {held["message_count"]} messages {held["cost_cents_effective"]} cents";

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        OperatorRun.RunAsync([KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString)], arguments);
}

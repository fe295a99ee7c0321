using System.Text.Json;
using Ingest.Api.Tests.Operator;
using Ingest.Api.Tests.Reconciliation;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Merging;

/// <summary>One device with two ids: what counts, and that every decision can be taken back. Each test in a workspace of its own.</summary>
public sealed class MergeTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;
    private static readonly DateOnly Closed = Today.AddDays(-3);

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task A_reinstalled_device_counts_once_where_it_is_continued_and_twice_again_where_that_is_undone()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_continue");
        await PostAsync(ada, "ws_continue", "old", (Closed.AddDays(-1), 1), (Closed, 10), (Today, 100));
        await PostAsync(ada, "ws_continue", "new", (Closed, 10), (Today, 500), (Today.AddDays(-1), 4000));
        var before = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        before["totals.message_count"]!.GetValue<long>().ShouldBe(4621);
        before["possible_duplicate_count"]!.GetValue<int>().ShouldBe(1);
        var doubt = before["possible_duplicates"]![0]!;
        $"{doubt["device_id"]} {doubt["other_device_id"]} {doubt["equal_days"]}".ShouldBe("old new 1");

        var preview = (await ada.PreviewAsync("old", "new")).ShouldBeStored();
        preview["group.before.message_count"]!.GetValue<long>().ShouldBe(4621);
        preview["group.after.message_count"]!.GetValue<long>().ShouldBe(4511);
        preview["workspace.after.message_count"]!.GetValue<long>().ShouldBe(4511);
        preview["shared_day_count"]!.GetValue<int>().ShouldBe(2);
        preview["shared_days"]!.AsArray().Select(day => $"{day!["bucket_day"]} {day["taken_from"]} {day["message_count"]} {day["message_count_left_out"]}")
            .ShouldBe([$"{Closed:yyyy-MM-dd} new 10 10", $"{Today:yyyy-MM-dd} new 500 100"]);
        (await ada.MessagesAsync()).ShouldBe(4621, "a preview changes nothing");

        var merged = (await ada.MergeAsync("old", "new", "continue", preview.Response.Headers.ETag!.ToString())).ShouldBeStored();
        merged.Body!.ToJsonString().ShouldBe(preview.Body!.ToJsonString());
        var after = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        after["totals.message_count"]!.GetValue<long>().ShouldBe(4511);
        after["possible_duplicates"]!.AsArray().ShouldBeEmpty();
        (await ada.AnswerAsync("/v1/usage?by=day,device")).ShouldBeStored()["groups"]!.AsArray().Select(group => $"{group!["keys"]![0]!["value"]} {group["keys"]![1]!["value"]}")
            .ShouldBe([$"{Closed.AddDays(-1):yyyy-MM-dd} old", $"{Closed:yyyy-MM-dd} new", $"{Today.AddDays(-1):yyyy-MM-dd} new", $"{Today:yyyy-MM-dd} new"]);
        (await ada.StatusOfAsync("old")).Text("merged_into").ShouldBe("new");
        (await ada.StatusOfAsync("new"))["merged_into"].ShouldBeNull();
        (await ada.AnswerAsync("/v1/devices/old")).ShouldBeStored().Text("merged_into").ShouldBe("new");

        var undone = (await ada.UnmergeAsync("old")).ShouldBeStored();
        undone.Text("into").ShouldBe("new");
        undone["group.before.message_count"]!.GetValue<long>().ShouldBe(4511);
        undone["group.after.message_count"]!.GetValue<long>().ShouldBe(4621);
        (await ada.AnswerAsync("/v1/usage")).Body!.ToJsonString().ShouldBe(before.Body!.ToJsonString());
        (await ada.StatusOfAsync("old"))["merged_into"].ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_of_a_superseded_id_counts_until_that_is_undone()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_supersede");
        await PostAsync(ada, "ws_supersede", "old", (Closed.AddDays(-1), 1), (Closed, 10));
        await PostAsync(ada, "ws_supersede", "new", (Closed, 20));
        await ada.DecideAsync("old", "new", "supersede");
        (await ada.MessagesAsync()).ShouldBe(20);
        (await ada.MessagesAsync("?device_id=old")).ShouldBe(0);
        (await ada.UnmergeAsync("old")).ShouldBeStored().Text("as").ShouldBe("supersede");
        (await ada.MessagesAsync()).ShouldBe(31);
    }

    [Fact]
    public async Task Merging_writes_no_row_of_a_device_and_later_envelopes_of_either_id_go_on()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_later");
        await PostAsync(ada, "ws_later", "later-old", (Closed, 10), (Today, 1));
        await PostAsync(ada, "ws_later", "later-new", (Closed, 10), (Today, 2));
        var stored = await fixture.VersionsAsync("later-old") + await fixture.VersionsAsync("later-new");
        await ada.DecideAsync("later-old", "later-new");
        (await fixture.VersionsAsync("later-old") + await fixture.VersionsAsync("later-new")).ShouldBe(stored);
        (await ada.MessagesAsync()).ShouldBe(12);

        await PostAsync(ada, "ws_later", "later-new", (Today, 7));
        (await ada.MessagesAsync()).ShouldBe(17, "the day grew under the new id");
        await PostAsync(ada, "ws_later", "later-old", (Today, 30));
        (await ada.MessagesAsync()).ShouldBe(40, "an envelope of the former id is the newer snapshot now");
        (await ada.UnmergeAsync("later-old")).ShouldBeStored();
        (await ada.MessagesAsync()).ShouldBe(57);
    }

    [Fact]
    public async Task Chains_are_followed_and_the_id_a_device_has_now_answers_for_all()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_chain");
        await PostAsync(ada, "ws_chain", "a", (Closed, 1), (Closed.AddDays(-1), 10));
        await PostAsync(ada, "ws_chain", "b", (Closed, 2), (Closed.AddDays(-2), 20));
        await PostAsync(ada, "ws_chain", "c", (Closed, 4), (Closed.AddDays(-3), 40));
        await ada.DecideAsync("a", "b");
        await ada.DecideAsync("b", "c");
        (await ada.MessagesAsync()).ShouldBe(74);
        (await ada.MessagesAsync("?device_id=c")).ShouldBe(74);
        var former = (await ada.AnswerAsync("/v1/usage?device_id=a")).ShouldBeStored();
        former.Text("merged_into").ShouldBe("b");
        former["totals.message_count"]!.GetValue<long>().ShouldBe(10, "what counts from under this id");
        (await ada.MessagesAsync("?device_id=b")).ShouldBe(20);

        (await ada.MergeAsync("c", "a", "continue", "\"x\"")).ShouldBeRefused(409, "conflict").Text("detail")!.ShouldContain("circle");
        (await ada.MergeAsync("a", "c", "supersede", "\"x\"")).ShouldBeRefused(409, "conflict").Text("detail")!.ShouldContain("already");
        (await ada.MergeAsync("c", "c", "continue", "\"x\"")).ShouldBeRefused(422, "invalid_request");
        (await ada.UnmergeAsync("b")).ShouldBeStored();
        await ada.DecideAsync("b", "c", "supersede");
        (await ada.MessagesAsync()).ShouldBe(44, "beyond a superseded id nothing counts");
    }

    [Fact]
    public async Task An_id_that_was_merged_away_holds_nothing_back()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_held");
        await PostAsync(ada, "ws_held", "held-old", (Closed.AddDays(-9), 1));
        await PostAsync(ada, "ws_held", "held-new", (Closed, 2));
        await Service.MarkDeviceAsync("held-old", "confirmed_day = '2026-05-02', rewind_from = NULL");
        await Service.MarkDeviceAsync("held-new", "confirmed_day = '2026-05-11', rewind_from = NULL");
        (await ada.AnswerAsync("/v1/usage")).Text("complete_through").ShouldBe("2026-05-02");
        await ada.DecideAsync("held-old", "held-new");
        var usage = await ada.AnswerAsync("/v1/usage");
        usage.Text("complete_through").ShouldBe("2026-05-11");
        usage["held_back_count"]!.GetValue<int>().ShouldBe(0);
        (await ada.AnswerAsync("/v1/usage?device_id=held-old")).Text("complete_through").ShouldBe("2026-05-11", "its device goes on under the other id");
    }

    [Theory]
    [InlineData("restored_at = '2026-05-14', restored_through = '2026-05-04'", "2026-05-04")]
    [InlineData("rewind_from = '2026-05-06', rewind_since = '2026-05-14', rewind_reason = 'changed'", "2026-05-05")]
    public async Task A_continued_id_of_which_something_is_open_is_awaited_until_it_comes_is_superseded_or_revoked(string open, string through)
    {
        var workspace = $"ws_open_{through[^1]}";
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, workspace);
        string[] ids = [$"{workspace}-first", $"{workspace}-old", $"{workspace}-new"];
        foreach (var id in ids)
        {
            await PostAsync(ada, workspace, id, (Closed, 2));
            await Service.MarkDeviceAsync(id, "confirmed_day = '2026-05-11', rewind_from = NULL, rewind_since = NULL, rewind_reason = NULL");
        }

        await ada.DecideAsync(ids[0], ids[1]);
        await ada.DecideAsync(ids[1], ids[2]);
        var before = await AwaitedAsync();
        before.ShouldStartWith("2026-05-11 [] ");
        var isMissing = open.StartsWith("restored_at", StringComparison.Ordinal);
        await Service.MarkDeviceAsync(ids[0], open);
        var awaited = await AwaitedAsync();
        awaited.ShouldStartWith($"{through} [{ids[0]}] {(isMissing ? $"[{ids[0]}]" : "[]")} ");
        (await ada.AnswerAsync($"/v1/usage?device_id={ids[2]}")).Text("complete_through").ShouldBe(through);

        await Service.MarkDeviceAsync(ids[0], "standing = 'revoked'");
        (await AwaitedAsync()).ShouldStartWith("2026-05-11 [] [] ");
        await Service.MarkDeviceAsync(ids[0], "standing = 'active'");
        (await AwaitedAsync()).ShouldBe(awaited);

        (await ada.UnmergeAsync(ids[1])).ShouldBeStored();
        await ada.DecideAsync(ids[1], ids[2], "supersede");
        (await AwaitedAsync()).ShouldBe(before, "beyond a superseded id nothing counts");

        async Task<string> AwaitedAsync()
        {
            var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
            var held = usage["held_back_by"]!.AsArray().Select(device => (string?)device!["device_id"]);
            var verb = await OperatorRun.RunAsync(
                [KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString)], ["device", "missing", "--workspace", workspace, "--format", "json"]);
            using var list = JsonDocument.Parse(verb.Output);
            var missing = list.RootElement.GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("device_id").GetString());
            var fleet = await Service.Services.GetRequiredService<IFleetReader>().ReadAsync(fixture.Time.GetUtcNow(), TestContext.Current.CancellationToken);
            return $"{usage.Text("complete_through")} [{string.Join(' ', held)}] [{string.Join(' ', missing)}] {fleet.MissingDevices} missing {fleet.PendingRewinds} told";
        }
    }

    /// <summary>What is not from the device makes no snapshot of it newer, so that nothing that counted leaves the sums.</summary>
    [Fact]
    public async Task A_row_that_is_replayed_under_the_former_id_leaves_the_new_ids_days_counted()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_replayed");
        var before = Closed.AddDays(-1);
        await BeginAsync(envelope => envelope.Rollup(Closed, row => row.Messages(10)).Rollup(Closed, row => row.Branch("bad").Messages(-1)).Rollup(before, row => row.Messages(-1)));
        await PostAsync(ada, "ws_replayed", "replayed-new", (Closed, 100), (before, 200));
        await ada.DecideAsync("replayed-old", "replayed-new");
        (await ada.MessagesAsync()).ShouldBe(300);

        await Service.ExecuteAsync(
            """
            UPDATE quarantined_rows SET raw = convert_to(regexp_replace(convert_from(raw, 'UTF8'), '(message_count"\s*:\s*)-1', '\11'), 'UTF8')
             WHERE device_id = 'replayed-old'
            """);
        Later();
        var replay = (await ada.SendAsync(HttpMethod.Post, "/v1/ingest/quarantine/replay", """{"device_id":"replayed-old","all":true}""")).ShouldBeStored();
        replay["replayed"]!.GetValue<int>().ShouldBe(2);
        (await ada.MessagesAsync()).ShouldBe(300);
        await PostAsync(ada, "ws_replayed", "replayed-old", (Closed, 11));
        (await ada.MessagesAsync()).ShouldBe(212, "the device itself says something newer, and the row that was replayed is of that day too");

        async Task BeginAsync(Func<EnvelopeBuilder, EnvelopeBuilder> shape)
        {
            (await ada.PostEnvelopeAsync(shape(EnvelopeBuilder.For("ws_replayed").Device("replayed-old")))).ShouldBeStored();
            Later();
        }
    }

    [Fact]
    public async Task A_day_that_is_restored_under_the_former_id_leaves_the_new_ids_counted()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_restored");
        await PostAsync(ada, "ws_restored", "restored-old", (Closed, 10));
        await PostAsync(ada, "ws_restored", "restored-old", (Closed, 4));
        Later();
        await PostAsync(ada, "ws_restored", "restored-new", (Closed, 100));
        await ada.DecideAsync("restored-old", "restored-new");
        (await ada.MessagesAsync()).ShouldBe(100);

        Later();
        var change = (await ada.AnswerAsync("/v1/ingest/changes?device_id=restored-old")).ShouldBeStored()["changes"]!.AsArray().ShouldHaveSingleItem()!;
        (await ada.SendAsync(HttpMethod.Post, $"/v1/ingest/changes/{change["version_id"]}/restore?device_id=restored-old")).ShouldBeStored()["restored"]!.GetValue<bool>().ShouldBeTrue();
        (await ada.MessagesAsync()).ShouldBe(100);
        (await ada.UnmergeAsync("restored-old")).ShouldBeStored();
        (await ada.MessagesAsync()).ShouldBe(110);
    }

    [Fact]
    public async Task Nobody_merges_what_they_have_not_seen_or_what_has_changed_since()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_tags");
        await PostAsync(ada, "ws_tags", "old", (Closed, 10));
        await PostAsync(ada, "ws_tags", "new", (Closed, 10));
        await PostAsync(ada, "ws_tags", "other", (Closed, 3));
        (await ada.MergeAsync("old", "new", "continue", null)).ShouldBeRefused(428, "precondition_required");
        foreach (var wrong in new[] { "\"0123\"", "nonsense" }) (await ada.MergeAsync("old", "new", "continue", wrong)).ShouldBeRefused(412, "precondition_failed");

        var seen = (await ada.PreviewAsync("old", "new")).Response.Headers.ETag!.ToString();
        (await ada.MergeAsync("old", "new", "supersede", seen)).ShouldBeRefused(412, "precondition_failed");
        await PostAsync(ada, "ws_tags", "new", (Today, 1));
        (await ada.MergeAsync("old", "new", "continue", seen)).ShouldBeRefused(412, "precondition_failed");

        seen = (await ada.PreviewAsync("old", "new")).Response.Headers.ETag!.ToString();
        await PostAsync(ada, "ws_tags", "other", (Today, 1));
        await ada.DecideAsync("other", "new");
        (await ada.MergeAsync("old", "new", "continue", seen)).ShouldBeRefused(412, "precondition_failed");
        (await ada.UnmergeAsync("other")).ShouldBeStored();
        await PostAsync(ada, "ws_tags", "other", (Today, 9));
        (await ada.MergeAsync("old", "new", "continue", seen)).ShouldBeStored();
        (await Service.QueryAsync<string>("SELECT device_id || ' ' || into_device_id || ' ' || kind || ' ' || merged_by FROM device_merges WHERE workspace_id = 'ws_tags'"))
            .ShouldBe(["old new continue ada"]);
    }

    [Fact]
    public async Task Two_decisions_at_once_make_no_circle()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_race");
        string[] ids = ["r0", "r1", "r2", "r3"];
        foreach (var id in ids) await PostAsync(ada, "ws_race", id, (Closed, 1));
        for (var round = 0; round < 5; round++)
        {
            var tags = new List<string>();
            for (var at = 0; at < ids.Length; at++) tags.Add((await ada.PreviewAsync(ids[at], ids[(at + 1) % ids.Length])).Response.Headers.ETag!.ToString());
            var answers = await Task.WhenAll(ids.Select((id, at) => ada.MergeAsync(id, ids[(at + 1) % ids.Length], "continue", tags[at])));
            answers.Count(answer => (int)answer.Status == 200).ShouldBeInRange(1, ids.Length - 1);
            (await ada.MessagesAsync()).ShouldBeInRange(1, ids.Length - 1);
            foreach (var id in await Service.QueryAsync<string>("SELECT device_id::text FROM device_merges WHERE workspace_id = 'ws_race'")) (await ada.UnmergeAsync(id)).ShouldBeStored();
        }

        (await ada.MessagesAsync()).ShouldBe(ids.Length);
    }

    [Fact]
    public async Task A_member_sees_of_an_own_id_what_counts_and_nothing_of_anothers()
    {
        using var boss = await fixture.ClientAsync("boss", UserRole.Owner, "ws_own");
        using var bob = Service.ClientWith((await Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync("ws_own", UserRole.Member, "bob")).Key);
        await PostAsync(bob, "ws_own", "bobs", (Closed, 10), (Closed.AddDays(-1), 1));
        await PostAsync(boss, "ws_own", "secret-id", (Closed, 50));
        await boss.DecideAsync("bobs", "secret-id");
        (await boss.MessagesAsync()).ShouldBe(51);
        var usage = (await bob.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage["totals.message_count"]!.GetValue<long>().ShouldBe(1, "the other day counts for the boss: all together they have what the workspace has");
        usage.Body!.ToJsonString().ShouldNotContain("secret-id");
        (await bob.StatusOfAsync("bobs"))["merged_into"].ShouldBeNull();
        (await boss.StatusOfAsync("bobs")).Text("merged_into").ShouldBe("secret-id");
        (await bob.PreviewAsync("bobs", "secret-id")).ShouldBeRefused(403, "role_missing");
    }

    [Fact]
    public async Task A_device_of_another_workspace_is_answered_like_one_that_does_not_exist()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_foreign");
        var foreign = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(foreign).Rollup(Closed))).ShouldBeStored();
        await PostAsync(ada, "ws_foreign", "mine", (Closed, 1));
        foreach (var id in new[] { foreign, "nobodys" })
        {
            (await ada.PreviewAsync("mine", id)).ShouldBeRefused(404, "device_not_found");
            (await ada.PreviewAsync(id, "mine")).ShouldBeRefused(404, "device_not_found");
            (await ada.MergeAsync("mine", id, "continue", "\"x\"")).ShouldBeRefused(404, "device_not_found");
            (await ada.UnmergeAsync(id)).ShouldBeRefused(404, "device_not_found");
            (await ada.DistinctAsync("mine", id)).ShouldBeRefused(404, "device_not_found");
        }

        (await ada.UnmergeAsync("mine")).ShouldBeRefused(409, "conflict");
        (await ada.AnswerAsync("/v1/devices/mine/merge?as=continue")).ShouldBeRefused(400, "invalid_parameter");
        (await ada.AnswerAsync("/v1/devices/mine/merge?into=mine")).ShouldBeRefused(400, "invalid_parameter");
        (await ada.PreviewAsync("mine", "mine")).ShouldBeRefused(422, "invalid_request");
    }

    [Fact]
    public async Task Who_decided_what_is_in_the_audit_log_without_an_id()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_audit");
        await PostAsync(ada, "ws_audit", "audited-old", (Closed, 10));
        await PostAsync(ada, "ws_audit", "audited-new", (Closed, 10));
        await ada.DecideAsync("audited-old", "audited-new");
        (await ada.UnmergeAsync("audited-old")).ShouldBeStored();
        await ada.DecideAsync("audited-old", "audited-new", "supersede");
        (await ada.UnmergeAsync("audited-old")).ShouldBeStored();
        (await ada.DistinctAsync("audited-old", "audited-new")).ShouldBeStored();
        (await ada.SendAsync(HttpMethod.Delete, "/v1/devices/audited-new/distinct/audited-old")).ShouldBeStored();

        var old = (await Service.QueryAsync<Guid>("SELECT reference FROM devices WHERE device_id = 'audited-old'"))[0];
        var now = (await Service.QueryAsync<Guid>("SELECT reference FROM devices WHERE device_id = 'audited-new'"))[0];
        (await Service.QueryAsync<string>(
            """
            SELECT concat_ws(' ', action, subject_id, actor_name, after ->> 'into', before ->> 'into', coalesce(before ->> 'other', after ->> 'other'), before #>> '{sums,message_count}', after #>> '{sums,message_count}')
            FROM audit_log WHERE workspace_id = 'ws_audit' AND action LIKE 'device.%' ORDER BY at, entry_id
            """)).ShouldBe(
            [
                $"device.continued {old} ada {now} 20 10", $"device.merge_undone {old} ada {now} 10 20", $"device.superseded {old} ada {now} 20 10",
                $"device.merge_undone {old} ada {now} 10 20", $"device.declared_distinct {old} ada {now}", $"device.distinct_undone {now} ada {old}",
            ]);
        (await Service.QueryAsync<string>("SELECT a::text FROM audit_log AS a WHERE workspace_id = 'ws_audit'")).ShouldAllBe(entry => !entry.Contains("audited-", StringComparison.Ordinal));
    }

    private void Later() => fixture.Time.Set(fixture.Time.GetUtcNow().AddSeconds(30));

    internal static async Task PostAsync(HttpClient client, string workspace, string device, params (DateOnly Day, int Messages)[] days)
    {
        var envelope = EnvelopeBuilder.For(workspace).Device(device);
        foreach (var (day, messages) in days) envelope.Rollup(day, row => row.Messages(messages));
        (await client.PostEnvelopeAsync(envelope)).ShouldBeStored();
    }
}

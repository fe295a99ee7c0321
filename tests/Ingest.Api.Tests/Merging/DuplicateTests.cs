using System.Text.Json;
using Ingest.Api.Tests.Operator;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Merging;

/// <summary>What is proposed, and the verbs by which an operator decides about it.</summary>
public sealed class DuplicateTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;
    private static readonly DateOnly Closed = Today.AddDays(-3);

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task Devices_of_one_person_with_equal_days_or_shared_sessions_are_proposed_until_somebody_decides()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_proposed");
        await PostAsync(ada, "ws_proposed", "old", envelope => envelope.Rollup(Closed).Rollup(Closed.AddDays(-1)).Rollup(Today, row => row.Messages(1)).Session("s-1").Session("s-2").Session("s-3"));
        await PostAsync(ada, "ws_proposed", "new", envelope => envelope.Rollup(Closed).Rollup(Closed.AddDays(-1)).Rollup(Today, row => row.Messages(2)).Session("s-2").Session("s-3"));
        await PostAsync(ada, "ws_proposed", "sessions-only", envelope => envelope.Rollup(Closed, row => row.Messages(3)).Session("s-1"));
        await PostAsync(ada, "ws_proposed", "alone", envelope => envelope.Rollup(Closed, row => row.Messages(77)).Session("s-9"));
        await LastSeenAsync("ws_proposed", "old", 1);
        await LastSeenAsync("ws_proposed", "new", 9);
        await LastSeenAsync("ws_proposed", "sessions-only", 5);

        var report = (await ada.AnswerAsync("/v1/devices/duplicates")).ShouldBeStored();
        report["count"]!.GetValue<int>().ShouldBe(2);
        Told(report).ShouldBe(["old new 2 1 2 continue", "old sessions-only 0 1 1 continue"]);
        report["candidates"]![0]!["device"]!["owner_name"]!.GetValue<string>().ShouldBe("ada");
        report["candidates"]![0]!["device"]!["label"]!.GetValue<string>().ShouldBe("dev-mbp");

        (await ada.DistinctAsync("sessions-only", "old")).ShouldBeStored()["changed"]!.GetValue<bool>().ShouldBeTrue();
        (await ada.DistinctAsync("old", "sessions-only")).ShouldBeStored()["changed"]!.GetValue<bool>().ShouldBeFalse();
        Told(await ada.AnswerAsync("/v1/devices/duplicates")).ShouldBe(["old new 2 1 2 continue"]);
        (await ada.PreviewAsync("old", "sessions-only")).ShouldBeRefused(409, "conflict");

        await ada.DecideAsync("old", "new");
        Told(await ada.AnswerAsync("/v1/devices/duplicates")).ShouldBeEmpty();
        (await ada.DistinctAsync("old", "new")).ShouldBeRefused(409, "conflict");
        (await ada.SendAsync(HttpMethod.Delete, "/v1/devices/old/distinct/sessions-only")).ShouldBeStored();
        (await ada.SendAsync(HttpMethod.Delete, "/v1/devices/old/distinct/sessions-only")).ShouldBeRefused(409, "conflict");
        Told(await ada.AnswerAsync("/v1/devices/duplicates")).ShouldBe(["sessions-only new 0 1 1 continue"], "the device has another id now");
    }

    [Fact]
    public async Task Devices_of_two_people_are_never_proposed_whatever_they_have_in_common()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_two");
        using var bob = Service.ClientWith((await Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync("ws_two", UserRole.Member, "bob")).Key);
        await PostAsync(ada, "ws_two", "adas", envelope => envelope.Rollup(Closed).Session("s"));
        await PostAsync(bob, "ws_two", "bobs", envelope => envelope.Rollup(Closed).Session("s"));
        (await ada.AnswerAsync("/v1/devices/duplicates")).ShouldBeStored()["count"]!.GetValue<int>().ShouldBe(0);
        (await ada.AnswerAsync("/v1/usage"))["possible_duplicate_count"]!.GetValue<int>().ShouldBe(0);
        (await bob.AnswerAsync("/v1/devices/duplicates")).ShouldBeRefused(403, "role_missing");
    }

    [Fact]
    public async Task Two_thousand_equal_devices_of_one_person_are_a_bounded_list_and_found_in_time()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_many");
        await PostAsync(ada, "ws_many", "many", envelope => envelope.Rollup(Closed).Session("s"));
        foreach (var table in new[] { "devices", "device_days", "daily_rollups", "session_summaries" })
        {
            var columns = await Service.ColumnsAsync(table);
            await Service.ExecuteAsync(
                $"""
                INSERT INTO {table} ({columns}) SELECT {columns} FROM (
                    SELECT (jsonb_populate_record(t, jsonb_build_object('device_id', 'many-' || n))).* FROM {table} AS t, generate_series(1, 1999) AS n
                    WHERE t.device_id = 'many') AS copies
                """);
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var report = (await ada.AnswerAsync("/v1/devices/duplicates")).ShouldBeStored();
        report["count"]!.GetValue<int>().ShouldBe(1_999);
        report["candidates"]!.AsArray().Count.ShouldBe(100);
        var usage = (await ada.AnswerAsync("/v1/usage")).ShouldBeStored();
        usage["possible_duplicate_count"]!.GetValue<int>().ShouldBe(1_999);
        usage["possible_duplicates"]!.AsArray().Count.ShouldBe(20);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task The_verbs_propose_show_decide_and_undo()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Owner, "ws_verbs");
        await PostAsync(ada, "ws_verbs", "verb-old", envelope => envelope.Rollup(Closed, row => row.Messages(10).Cost(1)).Rollup(Closed.AddDays(-1), row => row.Messages(5).Cost(0.5m)));
        await PostAsync(ada, "ws_verbs", "verb-new", envelope => envelope.Rollup(Closed, row => row.Messages(10).Cost(1)));
        await LastSeenAsync("ws_verbs", "verb-old", 1);
        await LastSeenAsync("ws_verbs", "verb-new", 9);

        var listed = (await RunAsync("device", "duplicates", "--workspace", "ws_verbs")).Output;
        listed.ShouldContain("verb-old");
        listed.ShouldContain("ingest device merge verb-old --into verb-new --as continue");
        var json = JsonDocument.Parse((await RunAsync("device", "duplicates", "--format", "json")).Output).RootElement.GetProperty("workspaces").EnumerateArray()
            .Single(workspace => workspace.GetProperty("workspace_id").GetString() == "ws_verbs");
        json.GetProperty("candidates")[0].GetProperty("device").GetProperty("device_id").GetString().ShouldBe("verb-old");

        var preview = (await RunAsync("device", "merge", "verb-old", "--into", "verb-new", "--as", "continue")).Output;
        preview.ShouldContain("if you decide so");
        preview.ShouldMatch(@"these ids\s+25\s+15\s+2\.5\s+1\.5");
        preview.ShouldContain("1 counted from verb-new");
        preview.ShouldContain("--yes");
        (await ada.MessagesAsync()).ShouldBe(25);

        (await RunAsync("device", "merge", "verb-old", "--into", "verb-new", "--as", "continue", "--yes")).Output.ShouldContain("ingest device unmerge verb-old");
        (await ada.MessagesAsync()).ShouldBe(15);
        (await RunAsync("device", "duplicates", "--workspace", "ws_verbs")).Output.ShouldContain("No two devices");
        var again = await RunAsync("device", "merge", "verb-old", "--into", "verb-new", "--as", "supersede", "--yes");
        (again.Code, again.Error.Contains("already", StringComparison.Ordinal)).ShouldBe((1, true));
        (await RunAsync("device", "unmerge", "verb-old")).Output.ShouldContain("a device of its own again");
        (await ada.MessagesAsync()).ShouldBe(25);

        (await RunAsync("device", "distinct", "verb-new", "verb-old")).Output.ShouldContain("are two devices");
        (await RunAsync("device", "distinct", "verb-old", "verb-new")).Output.ShouldContain("already");
        (await RunAsync("device", "duplicates", "--workspace", "ws_verbs")).Output.ShouldContain("No two devices");
        (await RunAsync("device", "distinct", "verb-old", "verb-new", "--undo")).Output.ShouldContain("may be one");
        (await RunAsync("device", "merge", "verb-old", "--into", "verb-new")).Code.ShouldBe(2);
        (await RunAsync("device", "merge", "nobodys", "--into", "verb-new", "--as", "continue")).Code.ShouldBe(1);
        (await RunAsync("device", "duplicates", "--workspace", "ws_none")).Error.ShouldContain("There is no workspace");
        (await Service.QueryAsync<string>("SELECT actor_kind || ' ' || action FROM audit_log WHERE workspace_id = 'ws_verbs' AND action LIKE 'device.%' ORDER BY at, entry_id"))
            .ShouldBe(["operator device.continued", "operator device.merge_undone", "operator device.declared_distinct", "operator device.distinct_undone"]);
    }

    private static IEnumerable<string> Told(ServiceAnswer report) => report["candidates"]!.AsArray().Select(pair =>
        $"{pair!["device"]!["device_id"]} {pair["into"]!["device_id"]} {pair["equal_days"]} {pair["different_days"]} {pair["shared_sessions"]} {pair["proposal"]}");

    /// <summary>Contact is written behind; what it comes to is put there past the service.</summary>
    private async Task LastSeenAsync(string workspace, string device, int hour)
    {
        await Eventually.TrueAsync(async () => await fixture.CountAsync("device_contacts", device) == 1, "the contact is written");
        await Service.ExecuteAsync($"UPDATE device_contacts SET last_attempt_at = '2026-05-14T{hour:00}:00:00Z' WHERE workspace_id = '{workspace}' AND device_id = '{device}'");
    }

    private static async Task PostAsync(HttpClient client, string workspace, string device, Func<EnvelopeBuilder, EnvelopeBuilder> shape) =>
        (await client.PostEnvelopeAsync(shape(EnvelopeBuilder.For(workspace).Device(device)))).ShouldBeStored();

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        OperatorRun.RunAsync([KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString)], arguments);
}

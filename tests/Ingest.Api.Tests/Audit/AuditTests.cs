using System.Text.Json.Nodes;
using Ingest.Api.Tests.Operator;
using Ingest.Api.Tests.Reconciliation;
using Ingest.Domain.Identity;
using Ingest.Persistence.Members;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ingest.Api.Tests.Audit;

/// <summary>Who did what stands in the audit log, with what was done, and stays there.</summary>
public sealed class AuditTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Closed = ServiceFixture.Today.AddDays(-9);

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task What_is_done_about_data_is_told_with_who_did_it_and_how_much_it_was()
    {
        var device = await fixture.KnownDeviceAsync();
        var bad = ServiceFixture.Envelope(device).Rollup(Closed)
            .RawRollup($$"""{"bucket_day": "{{Closed:yyyy-MM-dd}}", "role": "a", "message_count": -1}""").RawRollup($$"""{"bucket_day": "{{Closed:yyyy-MM-dd}}", "role": "b", "message_count": -1}""");
        (await Service.PostAsync(bad)).ShouldBeStored();
        var version = Guid.NewGuid();
        await Service.NoteChangeAsync(device, Closed, ServiceFixture.Start, version);

        (await Service.Client.AskAsync("POST /v1/ingest/rewind", $$"""{"device_id":"{{device}}","from":"2026-05-01"}""")).ShouldBeStored();
        (await Service.Client.AskAsync("POST /v1/ingest/quarantine/replay", $$"""{"device_id":"{{device}}","all":true}""")).ShouldBeStored();
        (await Service.Client.AskAsync("POST /v1/ingest/quarantine/discard", $$"""{"device_id":"{{device}}","all":true}""")).ShouldBeStored();
        (await Service.Client.AskAsync($"POST /v1/ingest/changes/{version}/restore?device_id={device}")).ShouldBeStored();

        // What does nothing is nothing that was done.
        (await Service.Client.AskAsync("POST /v1/ingest/quarantine/discard", $$"""{"device_id":"{{device}}","all":true}""")).ShouldBeStored();
        (await Service.Client.AskAsync($"POST /v1/ingest/changes/{version}/restore?device_id={device}")).ShouldBeStored();

        var entries = await EntriesAsync(Service.Client, $"?device_id={device}");
        entries.Select(entry => entry["action"]!.ToString()).ShouldBe(["device.day_restored", "device.quarantine_discarded", "device.quarantine_replayed", "device.rewind_requested"]);
        foreach (var entry in entries)
        {
            (entry["actor"]!["kind"]!.ToString(), entry["actor"]!["name"]!.ToString(), entry["actor"]!["address"]!.ToString()).ShouldBe(("key", "bootstrap", "127.0.0.1"));
            entry["actor"]!["key_id"]!.ToString().ShouldBe((await Service.QueryAsync<Guid>("SELECT k.key_id FROM api_keys AS k JOIN users AS u USING (workspace_id, user_id) WHERE u.name = 'bootstrap'"))[0].ToString());
            (entry["subject"]!["kind"]!.ToString(), entry["subject"]!["device_id"]!.ToString()).ShouldBe(("device", device));
        }

        (entries[0]["before"]!["rollup_rows"]!.GetValue<int>(), entries[0]["after"]!["message_count"]!.GetValue<int>()).ShouldBe((1, 49));
        entries[0]["after"]!["bucket_day"]!.ToString().ShouldBe($"{Closed:yyyy-MM-dd}");
        entries[1]["after"]!["rows"]!.GetValue<int>().ShouldBe(2);
        entries[2]["after"]!["still_rejected"]!.GetValue<int>().ShouldBe(2);
        entries[3]["after"]!["from"]!.ToString().ShouldBe("2026-05-01");
    }

    [Fact]
    public async Task Asking_all_devices_is_one_entry_of_each_workspace_and_an_operator_is_told_as_one()
    {
        using var manager = await fixture.ClientAsync("asks-all", UserRole.Manager, "ws_asks_all");
        foreach (var device in new[] { "one", "two" }) (await manager.PostEnvelopeAsync(EnvelopeBuilder.For("ws_asks_all").Device(device).Rollup(Closed))).ShouldBeStored();
        (await manager.AskAsync("POST /v1/ingest/rewind", """{"all":true}""")).ShouldBeStored();
        (await RunAsync("device", "rewind", "--all", "--workspace", "ws_asks_all")).Code.ShouldBe(0);
        (await RunAsync("device", "rewind", "one", "--workspace", "ws_asks_all")).Code.ShouldBe(0);

        var entries = await EntriesAsync(manager, "?action=device.rewind_requested");
        entries.Select(entry => $"{entry["actor"]!["kind"]} {entry["subject"]!["kind"]} {entry["subject"]!["name"]}{entry["subject"]!["device_id"]} {entry["after"]!["devices"]}")
            .ShouldBe(["operator device one 1", "operator workspace ws_asks_all 2", "key workspace ws_asks_all 2"]);
        entries[0]["actor"]!["name"]!.ToString().ShouldBe(Environment.UserName);
    }

    [Fact]
    public async Task Codes_and_invites_are_told_of_from_beginning_to_end()
    {
        using var manager = await fixture.ClientAsync("tells", UserRole.Manager, "ws_tells");
        var ada = (await Service.Services.GetRequiredService<MemberStore>().AddAsync(Actor.Operator, "ws_tells", "ada", UserRole.Member)).UserId;
        using var stranger = Service.ClientWithoutKey();
        var made = (await manager.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{ada}}","label":"laptop"}""")).ShouldBeCreated();
        var redeemed = (await stranger.AskAsync("POST /v1/enroll", $$"""{"code":"{{made.Text("code")}}","device_id":"dev_not_told"}""")).ShouldBeCreated();
        var back = (await manager.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{ada}}"}""")).ShouldBeCreated();
        (await manager.AskAsync("DELETE " + back.Response.Headers.Location)).ShouldBeStored();
        var invite = (await manager.AskAsync("POST /v1/invites", """{"note":"the team","most_uses":2}""")).ShouldBeCreated();
        var body = $$"""{"token":"{{invite.Text("token")}}","name":"bob"}""";
        (await stranger.AskAsync("POST /v1/invites/accept", body)).ShouldBeCreated();
        (await stranger.AskAsync("POST /v1/invites/accept", body)).ShouldBeRefused(409, "name_taken");
        (await manager.AskAsync("DELETE " + invite.Response.Headers.Location)).ShouldBeStored();

        var entries = await EntriesAsync(manager, "");
        entries.Select(entry => $"{entry["actor"]!["kind"]} {entry["actor"]!["name"]} {entry["action"]}").Where(line => !line.StartsWith("operator", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ShouldBe(
        [
            "code ada enrolment.redeemed", "code ada key.created", "code bob invite.accepted", "code bob key.created", "code bob member.added",
            "key tells enrolment.created", "key tells enrolment.created", "key tells enrolment.revoked", "key tells invite.created", "key tells invite.revoked",
        ]);
        var text = new JsonArray([.. entries.Select(entry => entry.DeepClone())]).ToJsonString();
        foreach (var secret in new[] { made.Text("code")!, redeemed.Text("key")!, invite.Text("token")!, "dev_not_told" }) text.ShouldNotContain(secret);
        entries.Single(entry => entry["action"]!.ToString() == "invite.accepted")["subject"]!["name"]!.ToString().ShouldBe("the team");
        (await EntriesAsync(manager, $"?user_id={ada}")).Count.ShouldBe(2);
        (await EntriesAsync(manager, "?subject_kind=invite")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_list_is_paged_and_bounded_in_time()
    {
        using var manager = await fixture.ClientAsync("pages", UserRole.Manager, "ws_pages");
        for (var i = 0; i < 5; i++) (await manager.AskAsync("POST /v1/invites", $$"""{"note":"{{i}}"}""")).ShouldBeCreated();
        var all = await EntriesAsync(manager, "?action=invite.created");
        all.Select(entry => entry["subject"]!["name"]!.ToString()).ShouldBe(["4", "3", "2", "1", "0"]);
        (await EntriesAsync(manager, "?action=invite.created&limit=2")).Select(entry => entry["entry_id"]!.ToString()).ShouldBe(all.Select(entry => entry["entry_id"]!.ToString()));

        var middle = Uri.EscapeDataString(all[2]["at"]!.ToString());
        (await EntriesAsync(manager, $"?action=invite.created&from={middle}")).Count.ShouldBe(3);
        (await EntriesAsync(manager, $"?action=invite.created&to={middle}")).Count.ShouldBe(2);
        var cursor = (await manager.AnswerAsync("/v1/audit?action=invite.created&limit=2")).ShouldBeStored().Text("next_cursor");
        (await manager.AnswerAsync($"/v1/audit?limit=2&cursor={cursor}")).ShouldBeRefused(400, "invalid_cursor");
        foreach (var wrong in new[] { "action=key.stolen", "subject_kind=thing", "user_id=x", "from=yesterday" }) (await manager.AnswerAsync("/v1/audit?" + wrong)).ShouldBeRefused(400, "invalid_parameter");
    }

    [Fact]
    public async Task A_device_that_is_gone_is_named_no_more()
    {
        var device = await fixture.KnownDeviceAsync();
        (await Service.Client.AskAsync("POST /v1/ingest/rewind", $$"""{"device_id":"{{device}}"}""")).ShouldBeStored();
        var entry = (await EntriesAsync(Service.Client, $"?device_id={device}")).ShouldHaveSingleItem();
        await Service.ExecuteAsync($"DELETE FROM devices WHERE device_id = '{device}'");
        (await EntriesAsync(Service.Client, $"?device_id={device}")).ShouldBeEmpty();
        var after = (await EntriesAsync(Service.Client, "")).Single(one => one["entry_id"]!.ToString() == entry["entry_id"]!.ToString());
        after["subject"]!["device_id"].ShouldBeNull();
        after["subject"]!["id"]!.ToString().ShouldBe(entry["subject"]!["id"]!.ToString());
        (await Service.QueryAsync<long>($"SELECT count(*) FROM audit_log AS a WHERE a::text LIKE '%{device}%'")).ShouldBe([0]);
    }

    [Fact]
    public async Task Nobody_rewrites_the_log_neither_the_service_nor_the_owner_of_the_table()
    {
        (await Service.Client.AskAsync("POST /v1/invites", "{}")).ShouldBeCreated();
        var before = await Service.QueryAsync<string>("SELECT a::text FROM audit_log AS a ORDER BY at, entry_id");
        var asService = Service.Services.GetRequiredService<NpgsqlDataSource>();
        foreach (var statement in new[] { "UPDATE audit_log SET actor_name = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log", "DELETE FROM audit_log WHERE false" })
        {
            (await FailureAsync(asService, statement)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, statement);
            (await FailureAsync(fixture.Database.DataSource, statement)).MessageText.ShouldBe("audit_log is append-only", statement);
        }

        (await Service.QueryAsync<string>("SELECT a::text FROM audit_log AS a ORDER BY at, entry_id")).ShouldBe(before);
    }

    private static Task<PostgresException> FailureAsync(NpgsqlDataSource database, string statement) => Should.ThrowAsync<PostgresException>(
        async () =>
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        },
        statement);

    private static async Task<List<JsonNode>> EntriesAsync(HttpClient client, string query)
    {
        var found = new List<JsonNode>();
        for (var cursor = ""; ;)
        {
            var page = (await client.AnswerAsync("/v1/audit" + query + cursor)).ShouldBeStored();
            found.AddRange(page["entries"]!.AsArray()!);
            if (page.Text("next_cursor") is not { } next) return found;
            cursor = (query.Length == 0 ? "?" : "&") + "cursor=" + next;
        }
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        OperatorRun.RunAsync([KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString)], arguments);
}

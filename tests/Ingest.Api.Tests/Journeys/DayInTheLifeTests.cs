using System.Net;
using System.Text.Json.Nodes;
using Ingest.Api.Tests.Merging;
using Ingest.Api.Tests.Operator;
using Ingest.Testing.Daemons;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Journeys;

/// <summary>A day in the life of a team's server, from its first verb to a device that is forgotten: what people do, in their order, by verbs and over the wire.</summary>
public sealed class DayInTheLifeTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Workspace = "ws_day";

    [Fact]
    public async Task A_team_sets_up_syncs_rotates_pauses_reinstalls_and_deletes_and_every_sum_is_right()
    {
        // Bootstrap: the operator makes a workspace and its owner's key.
        await VerbAsync("workspace", "create", "--name", "Mobile team", "--id", Workspace);
        using var olga = fixture.Service.ClientWith((await VerbAsync("key", "create", "--workspace", Workspace, "--person", "olga", "--role", "owner", "--name", "olga's first")).Text("key")!);
        (await olga.AnswerAsync("/v1/whoami")).ShouldBeStored().Text("role").ShouldBe("owner");

        // The owner invites a manager, who accepts once.
        var invite = (await olga.AskAsync("POST /v1/invites", """{"role":"manager","note":"For Mia"}""")).ShouldBeCreated().Text("token")!;
        using var nobody = fixture.Service.ClientWithoutKey();
        var accepted = (await nobody.AskAsync("POST /v1/invites/accept", Json(("token", invite), ("name", "mia")))).ShouldBeCreated();
        (await nobody.AskAsync("POST /v1/invites/accept", Json(("token", invite), ("name", "eve")))).ShouldBeRefused(410, "code_spent");
        using var mia = fixture.Service.ClientWith(accepted.Text("key")!);

        // The manager enrols two devices of a member, who needs nothing but the codes.
        var ada = (await mia.AskAsync("POST /v1/members", """{"name":"ada","role":"member"}""")).ShouldBeCreated().Text("user_id")!;
        (await mia.AskAsync("POST /v1/members", """{"name":"ada","role":"member"}""")).ShouldBeRefused(409, "name_taken");
        var (laptop, laptopKey) = await EnrolAsync(mia, nobody, ada, "ada's laptop");
        var (desktop, _) = await EnrolAsync(mia, nobody, ada, "ada's desktop");

        // Both send what they have.
        for (var day = 0; day < 12; day++)
        {
            laptop.Record(10 + day, laptop.Today.AddDays(-day));
            desktop.Record(100, desktop.Today.AddDays(-day), "release");
        }

        await laptop.TickAsync();
        await desktop.TickAsync();
        (await UsedAsync(mia)).ShouldBe(Local(laptop) + Local(desktop));

        // The laptop's key is rotated: for an hour both are good, and the server says who still uses the old one.
        var rotated = (await mia.AskAsync($"POST /v1/keys/{laptopKey}/rotate", """{"overlap_hours":1}""")).ShouldBeCreated();
        fixture.Time.Set(fixture.Time.GetUtcNow().AddMinutes(1));
        laptop.Record(5);
        await laptop.TickAsync();
        var old = (await mia.AnswerAsync($"/v1/keys/{laptopKey}")).ShouldBeStored();
        await Eventually.TrueAsync(
            async () => (old = (await mia.AnswerAsync($"/v1/keys/{laptopKey}")).ShouldBeStored())["used_since_rotation"]!.GetValue<bool>(), "its use is written behind");
        old.Text("state").ShouldBe("rotating");
        old["devices"]!.AsArray().Select(device => device!["device_id"]!.GetValue<string>()).ShouldBe([laptop.DeviceId]);

        // Its file is changed, and the old key is revoked before its time.
        var outdated = laptop.Server;
        laptop.Server = fixture.Service.ClientWith(rotated.Text("new.key")!);
        (await mia.AskAsync($"POST /v1/keys/{laptopKey}/revoke")).ShouldBeStored().Text("state").ShouldBe("revoked");
        await Eventually.TrueAsync(async () => (await outdated.AnswerAsync("/v1/whoami")).Status == HttpStatusCode.Unauthorized, "the old key opens nothing");
        outdated.Dispose();
        await laptop.TickAsync();

        // Paused, it keeps what it has; resumed, it brings it.
        (await mia.AskAsync($"POST /v1/devices/{laptop.DeviceId}/pause", """{"reason":"Under repair"}""")).ShouldBeStored();
        laptop.Record(7);
        (await Should.ThrowAsync<HttpRequestException>(() => laptop.TickAsync())).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await UsedAsync(mia)).ShouldBe(Local(laptop) + Local(desktop) - 7);
        (await mia.AskAsync($"POST /v1/devices/{laptop.DeviceId}/resume")).ShouldBeStored();
        await laptop.TickAsync();
        (await UsedAsync(mia)).ShouldBe(Local(laptop) + Local(desktop));

        // The laptop is set up anew, under a new id, with its old history.
        var (reinstalled, _) = await EnrolAsync(mia, nobody, ada, "ada's laptop");
        foreach (var (day, rows) in laptop.Days) reinstalled.Days[day] = new Dictionary<LocalKey, long>(rows);
        reinstalled.Record(3);
        await reinstalled.TickAsync();
        var doubled = (await mia.AnswerAsync("/v1/usage")).ShouldBeStored();
        doubled["totals.message_count"]!.GetValue<long>().ShouldBe(Local(laptop) + Local(reinstalled) + Local(desktop), "nobody has decided yet");
        doubled["possible_duplicate_count"]!.GetValue<int>().ShouldBe(1, "and usage says that it may count twice");

        var proposal = (await mia.AnswerAsync("/v1/devices/duplicates")).ShouldBeStored()["candidates"]!.AsArray().ShouldHaveSingleItem()!;
        (proposal["device"]!["device_id"]!.GetValue<string>(), proposal["into"]!["device_id"]!.GetValue<string>()).ShouldBe((laptop.DeviceId, reinstalled.DeviceId));
        await mia.DecideAsync(laptop.DeviceId, reinstalled.DeviceId);
        (await UsedAsync(mia)).ShouldBe(Local(reinstalled) + Local(desktop));
        reinstalled.Record(11);
        await reinstalled.TickAsync();
        (await UsedAsync(mia)).ShouldBe(Local(reinstalled) + Local(desktop), "what comes later counts as ever");

        // Every decision can be taken back.
        (await mia.UnmergeAsync(laptop.DeviceId)).ShouldBeStored();
        (await UsedAsync(mia)).ShouldBe(Local(laptop) + Local(reinstalled) + Local(desktop));
        await mia.DecideAsync(laptop.DeviceId, reinstalled.DeviceId, "supersede");
        (await UsedAsync(mia)).ShouldBe(Local(reinstalled) + Local(desktop));
        (await mia.UnmergeAsync(laptop.DeviceId)).ShouldBeStored();
        (await UsedAsync(mia)).ShouldBe(Local(laptop) + Local(reinstalled) + Local(desktop));

        // The former id is deleted with all that stands under it: counted before, receipted after, found nowhere.
        var before = (await mia.AnswerAsync($"/v1/devices/{laptop.DeviceId}/contents")).ShouldBeStored();
        before["message_count"]!.GetValue<long>().ShouldBe(Local(laptop));
        await DeleteAsync(mia, laptop.DeviceId);
        (await UsedAsync(mia)).ShouldBe(Local(reinstalled) + Local(desktop));
        (await fixture.Service.TablesHoldingAsync(laptop.DeviceId)).ShouldBeEmpty();

        // It is told so with the key that was its own, and with one that is for any device, until it is enrolled anew.
        laptop.Reset();
        await Eventually.TrueAsync(async () => (await laptop.Server.AnswerAsync("/v1/whoami")).Status == HttpStatusCode.Forbidden, "its key opens nothing");
        (await Should.ThrowAsync<HttpRequestException>(() => laptop.TickAsync())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var anyDevice = fixture.Service.ClientWith((await VerbAsync("key", "create", "--workspace", Workspace, "--person", "ada", "--name", "ada's own")).Text("key")!);
        laptop.Server.Dispose();
        laptop.Server = anyDevice;
        (await Should.ThrowAsync<HttpRequestException>(() => laptop.TickAsync())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await fixture.Service.TablesHoldingAsync(laptop.DeviceId)).ShouldBeEmpty();

        // Who did what is there to be read, by managers alone.
        var actions = (await olga.AnswerAsync("/v1/audit")).ShouldBeStored()["entries"]!.AsArray().Select(entry => entry!["action"]!.GetValue<string>()).ToList();
        foreach (var action in new[]
                 {
                     "workspace.created", "invite.created", "invite.accepted", "member.added", "enrolment.created", "enrolment.redeemed", "key.created", "key.rotated", "key.revoked",
                     "device.paused", "device.resumed", "device.continued", "device.superseded", "device.merge_undone", "device.deleted",
                 })
        {
            actions.ShouldContain(action);
        }

        (await anyDevice.AnswerAsync("/v1/audit")).ShouldBeRefused(403, "role_missing");
        foreach (var daemon in new[] { desktop, reinstalled }) daemon.Server.Dispose();
    }

    private static long Local(StockDaemon daemon) => daemon.Days.Values.Sum(rows => rows.Values.Sum());

    private static async Task<long> UsedAsync(HttpClient client) => (await client.AnswerAsync("/v1/usage")).ShouldBeStored()["totals.message_count"]!.GetValue<long>();

    private static string Json(params (string Name, string Value)[] members) =>
        new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Value))).ToJsonString();

    /// <summary>A code from the manager, redeemed without a key; the daemon then has what its <c>cloud.toml</c> says.</summary>
    private async Task<(StockDaemon Daemon, string KeyId)> EnrolAsync(HttpClient manager, HttpClient nobody, string person, string label)
    {
        var code = (await manager.AskAsync("POST /v1/enrolments", Json(("user_id", person), ("label", label)))).ShouldBeCreated().Text("code")!;
        var device = (await nobody.AskAsync("POST /v1/enroll", Json(("code", code)))).ShouldBeCreated();
        (await nobody.AskAsync("POST /v1/enroll", Json(("code", code)))).ShouldBeRefused(410, "code_spent");
        var file = device.Text("cloud_toml")!;
        foreach (var member in new[] { "endpoint", "workspace_id", "device_id", "label" }) file.ShouldContain($"{member} = \"{device.Text(member)}\"");
        file.ShouldContain($"api_key = \"{device.Text("key")}\"");
        device.Text("workspace_id").ShouldBe(Workspace);
        return (
            new StockDaemon(device.Text("device_id")!, fixture.Time, fixture.Service.ClientWith(device.Text("key")!)) { WorkspaceId = Workspace }, device.Text("key_id")!);
    }

    private static Task<TimeSpan> DeleteAsync(HttpClient client, string device) => Eventually.TrueAsync(
        async () =>
        {
            var contents = (await client.AnswerAsync($"/v1/devices/{device}/contents")).ShouldBeStored();
            return (await client.AskAsync($"DELETE /v1/devices/{device}", null, ("If-Match", contents.Response.Headers.ETag!.ToString()))).Status == HttpStatusCode.OK;
        },
        "what was counted is deleted");

    private async Task<ServiceAnswer> VerbAsync(params string[] arguments)
    {
        var (code, output, error) = await OperatorRun.RunAsync(
            [KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString)], [.. arguments, "--format", "json"]);
        code.ShouldBe(0, error);
        return new ServiceAnswer(HttpStatusCode.OK, JsonNode.Parse(output), null!);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Ingest.Api.Enrolments;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Members;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Enrolments;

/// <summary>A manager makes a code, and whoever has the device makes a key of it, once.</summary>
public sealed class EnrolmentTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static int _people;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task A_code_becomes_the_key_of_one_device_and_a_whole_cloud_toml()
    {
        var ada = await PersonAsync();
        var made = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{ada}}","label":"ada's \"big\" one"}""")).ShouldBeCreated();
        made.Text("enrolment.state").ShouldBe("open");
        (made["enrolment.expires_at"]!.GetValue<DateTimeOffset>() - made["enrolment.created_at"]!.GetValue<DateTimeOffset>()).ShouldBe(TimeSpan.FromMinutes(15));

        var redeemed = (await RedeemAsync(made.Text("code")!.Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant())).ShouldBeCreated();
        redeemed.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        redeemed.Text("workspace_id").ShouldBe(IngestService.WorkspaceId);
        redeemed.Text("endpoint").ShouldBe(Service.Address.ToString().TrimEnd('/'));
        var (device, key) = (redeemed.Text("device_id")!, redeemed.Text("key")!);
        device.ShouldMatch("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        redeemed.Text("cloud_toml")!.Split('\n')[2..].ShouldBe(
        [
            "[cloud]", "enabled = true", $"endpoint = \"{redeemed.Text("endpoint")}\"", "workspace_id = \"ws_local\"", $"api_key = \"{key}\"", $"device_id = \"{device}\"",
            "label = \"ada's \\\"big\\\" one\"", "", "[cloud.sync]", "interval_seconds = 300", "retry_max_seconds = 300", "",
        ]);

        using var daemon = Service.ClientWith(key);
        (await daemon.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeStored();
        (await daemon.StatusOfAsync(device)).ShouldBeStored();
        (await daemon.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeRefused(403, "key_bound");
        (await daemon.AnswerAsync("/v1/usage")).ShouldBeRefused(403, "scope_missing");
        (await Service.QueryAsync<Guid>($"SELECT owner_user_id FROM devices WHERE device_id = '{device}'")).ShouldBe([ada]);
        (await Service.QueryAsync<string>($"SELECT name FROM api_keys WHERE key_id = '{redeemed.Text("key_id")}'")).ShouldBe(["device ada's \"big\" one"]);

        var listed = await ListedAsync(made);
        (listed["state"]!.ToString(), listed["device_id"]!.ToString(), listed["key_id"]!.ToString()).ShouldBe(("redeemed", device, redeemed.Text("key_id")!));
    }

    [Theory]
    [InlineData("Ada's 💻", "Ada's 💻")]
    [InlineData("größer <b> & 'so' +", "größer <b> & 'so' +")]
    [InlineData("a \\ \"b\"\tc\nd\u001be\u007f", "a \\\\ \\\"b\\\"\\tc\\nd\\u001Be\\u007F")]
    public void A_label_stands_in_the_file_as_TOML_writes_it(string label, string written) =>
        CloudToml.Write("https://ingest.example.com", "ws_local", "budi_x", "dev_x", label).ShouldContain($"\nlabel = \"{written}\"\n");

    [Theory]
    [InlineData("application/toml")]
    [InlineData("text/plain")]
    [InlineData("text/html;q=0.9, application/toml;q=0.5")]
    public async Task Asked_for_as_a_file_the_answer_is_the_file_and_nothing_else(string accept)
    {
        var device = $"dev_{accept.Length}";
        using var client = Service.ClientWithoutKey();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/enroll")
        {
            Content = new StringContent($$"""{"code":"{{await CodeAsync()}}","device_id":"{{device}}"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        accept.ShouldContain(answer.Content.Headers.ContentType!.MediaType!);
        var file = await answer.Content.ReadAsStringAsync();
        file.ShouldStartWith($"# {CloudToml.Path}");
        file.ShouldContain($"\ndevice_id = \"{device}\"\n\n[cloud.sync]\n");
        file.ShouldEndWith("retry_max_seconds = 300\n");
    }

    [Fact]
    public async Task A_code_is_redeemed_once_however_many_try_at_the_same_time()
    {
        await using var other = await fixture.InstanceAsync();
        var code = await CodeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(attempt => RedeemAsync(code, service: attempt % 2 == 0 ? Service : other)));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldBeRefused(410, "code_spent").Text("detail")!.ShouldContain("was used at ");
        var device = answers.Single(answer => answer.Status == HttpStatusCode.Created).Text("device_id");
        (await Service.QueryAsync<long>($"SELECT count(*) FROM api_keys WHERE device_id = '{device}'")).ShouldBe([1]);
    }

    [Fact]
    public async Task A_code_that_was_taken_back_or_is_too_old_says_so()
    {
        var made = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{await PersonAsync()}}"}""")).ShouldBeCreated();
        var place = "DELETE " + made.Response.Headers.Location;
        (await Service.Client.AskAsync(place)).ShouldBeStored().Text("state").ShouldBe("revoked");
        (await Service.Client.AskAsync(place)).ShouldBeStored().Text("state").ShouldBe("revoked");
        (await RedeemAsync(made.Text("code")!)).ShouldBeRefused(410, "code_spent").Text("detail")!.ShouldContain("was taken back at ");

        var old = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{await PersonAsync()}}","minutes":5}""")).ShouldBeCreated();
        await Service.ExecuteAsync($"UPDATE enrolments SET expires_at = created_at WHERE enrolment_id = '{old.Text("enrolment.enrolment_id")}'");
        (await RedeemAsync(old.Text("code")!)).ShouldBeRefused(410, "code_spent").Text("detail")!.ShouldContain("expired at ");
        (await ListedAsync(old))["state"]!.ToString().ShouldBe("expired");

        var used = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{await PersonAsync()}}"}""")).ShouldBeCreated();
        (await RedeemAsync(used.Text("code")!)).ShouldBeCreated();
        (await Service.Client.AskAsync("DELETE " + used.Response.Headers.Location)).ShouldBeRefused(409, "conflict").Text("detail")!.ShouldContain("revoke its key");
    }

    [Fact]
    public async Task Codes_that_do_not_exist_are_soon_not_looked_up_and_good_keys_of_the_address_are()
    {
        await using var service = await fixture.InstanceAsync(("Limits:FailedAuthenticationsPerMinute", "4"));
        var code = await CodeAsync();
        foreach (var guess in new[] { "", "nonsense", EnrolmentCode.Generate().Text, EnrolmentCode.Generate().Text })
            (await RedeemAsync(guess, service: service)).ShouldBeRefused(404, "code_unknown");

        (await RedeemAsync(code, service: service)).ShouldBeRefused(429, "authentication_limited").Response.Headers.RetryAfter.ShouldNotBeNull();
        using var client = service.ClientWithoutKey();
        (await client.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{InviteToken.Generate().Text}}","name":"eve"}""")).ShouldBeRefused(429, "authentication_limited");
        (await service.GetAsync("/v1/whoami")).ShouldBeStored();
        (await RedeemAsync(code)).ShouldBeCreated();
    }

    [Fact]
    public async Task A_device_of_somebody_else_is_taken_only_where_the_manager_named_it()
    {
        var device = await fixture.KnownDeviceAsync();
        (await RedeemAsync(await CodeAsync(), device)).ShouldBeRefused(409, "conflict").Text("detail")!.ShouldContain("somebody else");

        // Nor one that somebody else has the key of and that has not sent anything yet.
        var promised = (await RedeemAsync(await CodeAsync())).ShouldBeCreated().Text("device_id");
        (await RedeemAsync(await CodeAsync(), promised)).ShouldBeRefused(409, "conflict");

        var (bob, name) = (await PersonAsync(), $"person {_people}");
        var made = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{bob}}","device_id":"{{device.ToUpperInvariant()}}"}""")).ShouldBeCreated();
        var redeemed = (await RedeemAsync(made.Text("code")!, "dev_something_else")).ShouldBeCreated();
        redeemed.Text("device_id").ShouldBe(device);
        (await Service.QueryAsync<Guid>($"SELECT owner_user_id FROM devices WHERE device_id = '{device}'")).ShouldBe([bob]);
        using var daemon = Service.ClientWith(redeemed.Text("key")!);
        (await daemon.StatusOfAsync(device)).ShouldBeStored();

        // Their own they may enrol again: the other key stays what it is.
        var again = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{bob}}"}""")).ShouldBeCreated();
        (await RedeemAsync(again.Text("code")!, device)).ShouldBeCreated();
        (await daemon.StatusOfAsync(device)).ShouldBeStored();
        (await Service.QueryAsync<string>($"SELECT name FROM api_keys WHERE device_id = '{device}' ORDER BY created_at")).ShouldBe([$"device of {name}", $"device of {name} 2"]);
    }

    [Fact]
    public async Task A_device_that_was_revoked_or_deleted_is_let_in_again_by_a_code_made_for_it_and_a_paused_one_waits_on()
    {
        foreach (var (verb, refusal) in new[] { ("revoke", "device_revoked"), ("pause", "device_paused"), ("delete", "device_deleted") })
        {
            var device = await fixture.KnownDeviceAsync();
            if (verb != "delete") (await Service.Client.AskAsync($"POST /v1/devices/{device}/{verb}", """{"reason":"lost"}""")).ShouldBeStored();
            else await DeleteAsync(device);
            var envelope = ServiceFixture.Envelope(device, ServiceFixture.Start).Rollup(ServiceFixture.Today);
            (await Service.PostAsync(envelope)).ShouldBeRefused(verb == "pause" ? 503 : 403, refusal);

            var owner = (await Service.QueryAsync<Guid>("SELECT user_id FROM users WHERE name = 'bootstrap'"))[0];
            if (verb != "pause")
            {
                // Made for any device, be it of the same person or, once nobody is known to have it, of another.
                foreach (var person in verb == "delete" ? new[] { owner, await PersonAsync() } : [owner])
                {
                    var any = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{person}}"}""")).ShouldBeCreated().Text("code")!;
                    (await RedeemAsync(any, device)).ShouldBeRefused(409, "conflict").Text("detail")!.ShouldContain("for this very device");
                    (await RedeemAsync(any)).ShouldBeCreated();
                }

                (await Service.PostAsync(envelope)).ShouldBeRefused(403, refusal);
            }

            var code = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{owner}}","device_id":"{{device}}"}""")).ShouldBeCreated().Text("code")!;
            using var daemon = Service.ClientWith((await RedeemAsync(code, device)).ShouldBeCreated().Text("key")!);
            var answer = await daemon.PostEnvelopeAsync(envelope);
            if (verb == "pause") answer.ShouldBeRefused(503, "device_paused");
            else answer.ShouldBeStored();
        }
    }

    [Fact]
    public async Task The_address_in_the_file_is_the_public_one_and_else_the_one_that_was_asked()
    {
        await using var named = await fixture.InstanceAsync(("PublicUrl", "https://ingest.example.com/team/"));
        (await RedeemAsync(await CodeAsync(), service: named)).ShouldBeCreated().Text("endpoint").ShouldBe("https://ingest.example.com/team");

        await using var proxied = await fixture.InstanceAsync(("Proxies:Trusted", "127.0.0.0/8"));
        using var client = proxied.ClientWithoutKey();
        var body = $$"""{"code":"{{await CodeAsync()}}"}""";
        (await client.AskAsync("POST /v1/enroll", body, ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http"))).ShouldBeRefused(403, "https_required");
        (await client.AskAsync("POST /v1/enroll", body, ("Host", "sync.example.org"), ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")))
            .ShouldBeCreated().Text("endpoint").ShouldBe("https://sync.example.org");
    }

    [Fact]
    public async Task A_server_that_may_not_judge_codes_says_so_and_holds_nothing_against_anybody()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, settings: ("Limits:FailedAuthenticationsPerMinute", "2"));
        await service.Services.GetRequiredService<ServerSetup>().SetMaintenanceAsync(true);
        for (var i = 0; i < 5; i++) (await RedeemAsync(EnrolmentCode.Generate().Text, service: service)).ShouldBeRefused(503, "maintenance");
        await service.Services.GetRequiredService<ServerSetup>().SetMaintenanceAsync(false);
        await Eventually.TrueAsync(async () => (await RedeemAsync("nonsense", service: service)).Status == HttpStatusCode.NotFound, "maintenance has ended");
    }

    [Fact]
    public async Task A_code_is_made_for_members_who_may_sync_and_for_nothing_that_cannot_be()
    {
        foreach (var (body, status, code) in new[]
        {
            ($$"""{"user_id":"{{Guid.NewGuid()}}"}""", 404, "member_not_found"),
            ($$"""{"user_id":"{{await PersonAsync(UserRole.Viewer)}}"}""", 422, "invalid_request"),
            ("""{"label":"x"}""", 422, "invalid_request"),
            ($$"""{"user_id":"{{await PersonAsync()}}","minutes":4}""", 422, "invalid_request"),
            ($$"""{"user_id":"{{await PersonAsync()}}","device_id":"a b"}""", 422, "invalid_request"),
            ($$"""{"user_id":"{{await PersonAsync()}}","label":"{{new string('x', 129)}}"}""", 422, "invalid_request"),
        })
        {
            (await Service.Client.AskAsync("POST /v1/enrolments", body)).ShouldBeRefused(status, code);
        }

        // Between the code and its redemption somebody may change what they are.
        var ada = await PersonAsync();
        var made = (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{ada}}"}""")).ShouldBeCreated();
        await Service.ExecuteAsync($"UPDATE users SET role = 'viewer' WHERE user_id = '{ada}'");
        (await RedeemAsync(made.Text("code")!)).ShouldBeRefused(409, "conflict");
        await Service.ExecuteAsync($"UPDATE users SET role = 'member' WHERE user_id = '{ada}'");
        (await RedeemAsync(made.Text("code")!)).ShouldBeCreated();
    }

    [Fact]
    public async Task Only_an_owner_makes_a_code_for_the_device_of_an_owner()
    {
        using var manager = await fixture.ClientAsync("max-enrols", UserRole.Manager);
        var body = $$"""{"user_id":"{{await PersonAsync(UserRole.Owner)}}"}""";
        (await manager.AskAsync("POST /v1/enrolments", body)).ShouldBeRefused(403, "owner_needed");
        (await Service.Client.AskAsync("POST /v1/enrolments", body)).ShouldBeCreated();
        (await manager.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{await PersonAsync()}}"}""")).ShouldBeCreated();
    }

    [Fact]
    public async Task The_list_is_paged_and_chosen_by_state()
    {
        using var manager = await fixture.ClientAsync("lister", UserRole.Manager, "ws_enrolments");
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var person = (await Service.Services.GetRequiredService<MemberStore>().AddAsync(Actor.Operator, "ws_enrolments", $"p{i}", UserRole.Member)).UserId;
            ids.Insert(0, (await manager.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{person}}"}""")).ShouldBeCreated().Text("enrolment.enrolment_id")!);
        }

        (await manager.AskAsync($"DELETE /v1/enrolments/{ids[2]}")).ShouldBeStored();
        (await PagesAsync(manager, "/v1/enrolments?limit=2")).ShouldBe(ids);
        (await PagesAsync(manager, "/v1/enrolments?limit=1&state=open")).ShouldBe([ids[0], ids[1], ids[3], ids[4]]);
        (await PagesAsync(manager, "/v1/enrolments?limit=10&state=revoked")).ShouldBe([ids[2]]);
        (await manager.AnswerAsync("/v1/enrolments?state=lost")).ShouldBeRefused(400, "invalid_parameter");
    }

    private static async Task<List<string>> PagesAsync(HttpClient client, string address)
    {
        var found = new List<string>();
        for (var cursor = ""; ;)
        {
            var page = (await client.AnswerAsync(address + cursor)).ShouldBeStored();
            found.AddRange(page["enrolments"]!.AsArray().Select(one => one!["enrolment_id"]!.ToString()));
            if (page.Text("next_cursor") is not { } next) return found;
            cursor = "&cursor=" + next;
        }
    }

    private async Task<Guid> PersonAsync(UserRole role = UserRole.Member) => (await Service.Services.GetRequiredService<MemberStore>()
        .AddAsync(Actor.Operator, IngestService.WorkspaceId, $"person {Interlocked.Increment(ref _people)}", role)).UserId;

    private async Task<string> CodeAsync() =>
        (await Service.Client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{await PersonAsync()}}"}""")).ShouldBeCreated().Text("code")!;

    private async Task<ServiceAnswer> RedeemAsync(string code, string? device = null, IngestService? service = null)
    {
        using var client = (service ?? Service).ClientWithoutKey();
        var body = new JsonObject { ["code"] = code };
        if (device is not null) body["device_id"] = device;
        return await client.AskAsync("POST /v1/enroll", body.ToJsonString());
    }

    private async Task<JsonNode> ListedAsync(ServiceAnswer made) => (await Service.GetAsync("/v1/enrolments?limit=1000")).ShouldBeStored()["enrolments"]!.AsArray()
        .Single(one => one!["enrolment_id"]!.ToString() == made.Text("enrolment.enrolment_id"))!;

    private Task<TimeSpan> DeleteAsync(string device) => Eventually.TrueAsync(
        async () =>
        {
            var contents = (await Service.GetAsync($"/v1/devices/{device}/contents")).ShouldBeStored();
            return (await Service.Client.AskAsync($"DELETE /v1/devices/{device}", null, ("If-Match", contents.Response.Headers.ETag!.ToString()))).Status == HttpStatusCode.OK;
        },
        "what was counted is deleted");
}

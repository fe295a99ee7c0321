using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Keys;

/// <summary>Keys as managers make, change, replace and end them.</summary>
public sealed class KeyApiTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Day = ServiceFixture.Today.AddDays(-9);

    private HttpClient Manager => fixture.Service.Client;

    private KeyStore Keys => fixture.Service.Services.GetRequiredService<KeyStore>();

    [Fact]
    public async Task A_key_is_shown_once_and_does_what_its_scopes_and_its_owner_allow()
    {
        var ada = await MemberAsync("ada-makes");
        var made = (await CreateAsync($$"""{"name":"ada's laptop","user_id":"{{ada}}"}""")).ShouldBeCreated();
        var key = made.Text("key")!;
        made["scopes"]!.Deserialize<string[]>().ShouldBe(["ingest", "read:own"]);

        var read = (await Manager.AnswerAsync(made.Response.Headers.Location!.ToString())).ShouldBeStored();
        (read.Text("name"), read.Text("prefix"), read.Text("user_name"), read.Text("state")).ShouldBe(("ada's laptop", key[..13], "ada-makes", "active"));
        read.Body!.ToJsonString().ShouldNotContain(key);

        using var client = fixture.Service.ClientWith(key);
        (await client.PostEnvelopeAsync(ServiceFixture.Envelope("laptop-of-ada").Rollup(Day))).ShouldBeStored();
        (await client.AnswerAsync("/v1/ingest/manifest?device_id=laptop-of-ada")).ShouldBeStored();
        (await client.AnswerAsync("/v1/members")).ShouldBeRefused(403, "role_missing");
    }

    [Theory]
    [InlineData("""{"name":"a","user_id":"ADA","scopes":["read"]}""", "$.scopes")]
    [InlineData("""{"name":"a","user_id":"ADA","scopes":["ingest","manage"]}""", "$.scopes")]
    [InlineData("""{"name":"a","user_id":"ADA","scopes":["ingest","read:own"],"device_id":"one"}""", "$.device_id")]
    [InlineData("""{"name":"a","user_id":"ADA","expires_at":"2020-01-01T00:00:00Z"}""", "$.expires_at")]
    [InlineData("""{"name":" ","user_id":"ADA"}""", "$.name")]
    [InlineData("""{"name":"a","service":true}""", "$.scopes")]
    [InlineData("""{"name":"a","service":true,"user_id":"ADA","scopes":["read"]}""", "$.user_id")]
    [InlineData("""{"name":"a"}""", "$.user_id")]
    public async Task What_a_key_cannot_be_is_refused_by_the_field(string body, string path)
    {
        var ada = await MemberAsync("ada-refused");
        var refused = (await CreateAsync(body.Replace("ADA", ada, StringComparison.Ordinal))).ShouldBeRefused(422, "invalid_request");
        refused["errors"]![0]!["path"]!.GetValue<string>().ShouldBe(path);
    }

    [Fact]
    public async Task A_name_is_given_once_among_keys_that_work()
    {
        var ada = await MemberAsync("ada-names");
        var body = $$"""{"name":"the one","user_id":"{{ada}}"}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CreateAsync(body)));
        var made = answers.Single(answer => answer.Status == HttpStatusCode.Created);
        foreach (var answer in answers.Where(answer => answer != made)) answer.ShouldBeRefused(409, "name_taken");

        (await RevokeAsync(made)).ShouldBeStored().Text("state").ShouldBe("revoked");
        (await CreateAsync(body)).ShouldBeCreated();
        (await Manager.AskAsync("PATCH " + made.Response.Headers.Location!.ToString(), """{"name":"no more"}""")).ShouldBeRefused(409, "conflict");
    }

    [Fact]
    public async Task A_key_that_was_made_before_its_person_became_an_owner_does_not_act_as_one()
    {
        using var manager = await fixture.ClientAsync("max-mints", UserRole.Manager);
        var bob = (await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Manager, "bob-rises")).UserId;
        using var earlier = fixture.Service.ClientWith(
            (await manager.AskAsync("POST /v1/keys", $$"""{"user_id":"{{bob}}","name":"bob's earlier"}""")).ShouldBeCreated().Text("key")!);
        (await earlier.AnswerAsync("/v1/members")).ShouldBeStored();
        (await Manager.AskAsync($"PATCH /v1/members/{bob}", """{"role":"owner"}""")).ShouldBeStored();
        using var later = fixture.Service.ClientWith((await CreateAsync($$"""{"user_id":"{{bob}}","name":"bob's later"}""")).ShouldBeCreated().Text("key")!);

        const string Invitation = """{"role":"owner"}""";
        (await later.AskAsync("POST /v1/invites", Invitation)).ShouldBeCreated();
        (await earlier.AskAsync("POST /v1/invites", Invitation)).ShouldBeRefused(403, "owner_needed");

        // Nor does it make itself one that does.
        var own = (await earlier.AnswerAsync("/v1/whoami")).ShouldBeStored().Text("key_id");
        (await earlier.AskAsync($"POST /v1/keys/{own}/rotate", "{}")).ShouldBeRefused(403, "owner_needed");
        (await earlier.AskAsync("POST /v1/invites", """{"role":"manager"}""")).ShouldBeCreated();
    }

    [Fact]
    public async Task A_manager_has_no_hand_in_the_keys_of_owners()
    {
        using var manager = await fixture.ClientAsync("max-keys", UserRole.Manager);
        var owner = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Owner, "olga");
        (await manager.AskAsync("POST /v1/keys", $$"""{"name":"stolen","user_id":"{{owner.UserId}}"}""")).ShouldBeRefused(403, "owner_needed");
        var address = $"/v1/keys/{owner.KeyId}";
        (await manager.AskAsync("POST " + address + "/rotate", "{}")).ShouldBeRefused(403, "owner_needed");
        (await manager.AskAsync("POST " + address + "/revoke")).ShouldBeRefused(403, "owner_needed");
        (await manager.AskAsync("PATCH " + address, """{"name":"mine"}""")).ShouldBeRefused(403, "owner_needed");
    }

    [Fact]
    public async Task A_service_is_nobody_of_the_workspace_and_its_scopes_alone_bound_it()
    {
        var made = (await CreateAsync("""{"name":"dashboard","service":true,"scopes":["read"]}""")).ShouldBeCreated();
        made["service"]!.GetValue<bool>().ShouldBeTrue();
        using var service = fixture.Service.ClientWith(made.Text("key")!);
        (await service.AnswerAsync("/v1/usage")).ShouldBeStored();
        (await service.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Day))).ShouldBeRefused(403, "scope_missing");
        (await Manager.AnswerAsync("/v1/members")).ShouldBeStored()["members"]!.AsArray().ShouldNotContain(member => member!["name"]!.GetValue<string>() == "dashboard");
        (await CreateAsync("""{"name":"dashboard","service":true,"scopes":["read"]}""")).ShouldBeRefused(409, "name_taken");

        (await Manager.AskAsync("PATCH " + made.Response.Headers.Location!.ToString(), """{"name":"board"}""")).ShouldBeStored().Text("user_name").ShouldBe("board");
        (await RevokeAsync(made)).ShouldBeStored();
        (await CreateAsync("""{"name":"board","service":true,"scopes":["read"]}""")).ShouldBeCreated();
    }

    [Fact]
    public async Task A_leaked_ingest_key_does_nothing_but_what_a_daemon_does()
    {
        var ada = await MemberAsync("ada-leaks");
        using var leaked = fixture.Service.ClientWith((await CreateAsync($$"""{"name":"leaked","user_id":"{{ada}}","scopes":["ingest"]}""")).ShouldBeCreated().Text("key")!);
        (await leaked.PostEnvelopeAsync(ServiceFixture.Envelope("leaked").Rollup(Day))).ShouldBeStored();
        (await leaked.StatusOfAsync("leaked")).ShouldBeStored();
        (await leaked.AnswerAsync("/v1/whoami")).ShouldBeStored();
        (await leaked.AnswerAsync("/v1/pricing/active")).ShouldBeRefused(404, "no_active_price_list");

        string[] allowed = ["POST /v1/ingest", "GET /v1/ingest/status", "GET /v1/whoami", "GET /v1/pricing/active"];
        foreach (var (place, _) in RouteTable.KeyedRoutesOf(fixture.Service).Where(route => !allowed.Contains(route.Place)))
        {
            var path = System.Text.RegularExpressions.Regex.Replace(place.Split(' ')[1], "{[^}]*}", "0196d2a4-5f40-7d21-b6a7-90c1d2e3f405", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
            var answer = await leaked.AskAsync(place.Split(' ')[0] + " " + path + "?device_id=leaked&from=2026-05-01&bucket_day=2026-05-01", place[0] == 'G' ? null : "{}");
            ((int)answer.Status).ShouldBe(403, place);
        }
    }

    [Fact]
    public async Task A_key_for_one_device_brings_no_other()
    {
        var ada = await MemberAsync("ada-bound");
        var made = (await CreateAsync($$"""{"name":"bound","user_id":"{{ada}}","device_id":"the-one"}""")).ShouldBeCreated();
        made["scopes"]!.Deserialize<string[]>().ShouldBe(["ingest"]);
        using var bound = fixture.Service.ClientWith(made.Text("key")!);
        (await bound.PostEnvelopeAsync(ServiceFixture.Envelope("the-one").Rollup(Day))).ShouldBeStored();
        (await bound.PostEnvelopeAsync(ServiceFixture.Envelope("another").Rollup(Day))).ShouldBeRefused(403, "key_bound");
        (await bound.AnswerAsync("/v1/whoami")).Text("device_id").ShouldBe("the-one");
        (await fixture.Service.QueryAsync<long>("SELECT count(*) FROM audit_log AS a WHERE a::text LIKE '%the-one%'")).ShouldBe([0]);
    }

    [Fact]
    public async Task A_key_ends_by_itself_on_every_instance_and_may_be_given_longer()
    {
        await using var service = await fixture.InstanceAsync();
        var ada = await MemberAsync("ada-expires");
        var made = (await CreateAsync($$"""{"name":"short","user_id":"{{ada}}","expires_at":"{{ServiceFixture.Start.AddDays(400):yyyy-MM-ddTHH:mm:ssZ}}"}""")).ShouldBeCreated();
        var address = made.Response.Headers.Location!.ToString();
        using var client = service.ClientWith(made.Text("key")!);
        (await client.AnswerAsync("/v1/whoami")).ShouldBeStored();

        // The shortest notice that can be given.
        await fixture.Service.ExecuteAsync($"UPDATE api_keys SET expires_at = '{ServiceFixture.Start.AddDays(-1):O}' WHERE key_id = '{made.Text("key_id")}'");
        (await Manager.AskAsync("PATCH " + address, """{"name":"shorter"}""")).ShouldBeStored().Text("state").ShouldBe("expired");
        await Eventually.TrueAsync(async () => (await client.AnswerAsync("/v1/whoami")).Status == HttpStatusCode.Unauthorized, "it has ended");
        (await Manager.AskAsync("POST " + address + "/rotate", "{}")).ShouldBeRefused(409, "conflict");

        (await Manager.AskAsync("PATCH " + address, """{"expires_at":null}""")).ShouldBeStored().Text("state").ShouldBe("active");
        (await client.AnswerAsync("/v1/whoami")).ShouldBeStored();
    }

    [Fact]
    public async Task A_key_that_ends_as_late_as_can_be_is_rotated_to_one_that_does()
    {
        var made = (await fixture.Service.Client.AskAsync(
            "POST /v1/keys", $$"""{"user_id":"{{await MemberAsync("who has it for ever")}}","name":"for ever","expires_at":"9999-12-30T00:00:00Z"}""")).ShouldBeCreated();
        await fixture.Service.ExecuteAsync("UPDATE api_keys SET created_at = created_at - interval '3 days' WHERE name = 'for ever'");
        var rotated = (await fixture.Service.Client.AskAsync($"POST /v1/keys/{made.Text("key_id")}/rotate")).ShouldBeCreated();
        rotated["new"]!["expires_at"]!.GetValue<DateTimeOffset>().Year.ShouldBe(9999);
    }

    [Fact]
    public async Task A_rotated_key_works_until_the_overlap_is_over_and_says_who_uses_it_yet()
    {
        // By the real clock: when a key was used is noted by that of the service.
        await using var database = await Testing.Postgres.TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        await using var other = await IngestService.StartAsync(database);
        var made = (await service.Client.AskAsync("POST /v1/keys", """{"name":"fleet","service":true,"scopes":["ingest"]}""")).ShouldBeCreated();
        var address = made.Response.Headers.Location!.ToString();
        using var old = other.ClientWith(made.Text("key")!);
        (await old.PostEnvelopeAsync(ServiceFixture.Envelope("laggard").Rollup(Day))).ShouldBeStored();
        (await old.PostEnvelopeAsync(ServiceFixture.Envelope("prompt").Rollup(Day))).ShouldBeStored();

        var rotated = (await service.Client.AskAsync("POST " + address + "/rotate", """{"overlap_hours":1}""")).ShouldBeCreated();
        (rotated.Text("new.name"), rotated.Text("old.state"), rotated.Text("old.rotated_to")).ShouldBe(("fleet", "rotating", rotated.Text("new.key_id")));
        rotated.Response.Headers.Location!.ToString().ShouldBe($"/v1/keys/{rotated.Text("new.key_id")}");
        var ends = rotated["old"]!["expires_at"]!.GetValue<DateTimeOffset>();
        ends.ShouldBe(TimeProvider.System.GetUtcNow().AddHours(1), TimeSpan.FromMinutes(1));
        (await service.Client.AskAsync("POST " + address + "/rotate", "{}")).ShouldBeRefused(409, "conflict");

        using var next = other.ClientWith(rotated.Text("new.key")!);
        (await next.PostEnvelopeAsync(ServiceFixture.Envelope("prompt").Rollup(Day.AddDays(1)))).ShouldBeStored();
        (await old.PostEnvelopeAsync(ServiceFixture.Envelope("laggard").Rollup(Day.AddDays(1)))).ShouldBeStored();
        await other.StopAsync();
        var left = (await service.GetAsync(address)).ShouldBeStored();
        left["used_since_rotation"]!.GetValue<bool>().ShouldBeTrue();
        left["devices"]!.AsArray().ShouldHaveSingleItem()!["device_id"]!.GetValue<string>().ShouldBe("laggard");
        (await service.GetAsync("/v1/keys?state=rotating")).ShouldBeStored()["keys"]!.AsArray().ShouldHaveSingleItem();

        // Rotated once more, and without mercy.
        var ended = (await service.Client.AskAsync($"POST /v1/keys/{rotated.Text("new.key_id")}/rotate", """{"overlap_hours":0}""")).ShouldBeCreated();
        using var second = service.ClientWith(rotated.Text("new.key")!);
        await Eventually.TrueAsync(async () => (await second.AnswerAsync("/v1/whoami")).Status == HttpStatusCode.Unauthorized, "it has ended");
        using var third = service.ClientWith(ended.Text("new.key")!);
        (await third.AnswerAsync("/v1/whoami")).ShouldBeStored();
    }

    [Fact]
    public async Task A_rotated_key_keeps_an_earlier_end_and_hands_on_its_span()
    {
        var ada = await MemberAsync("ada-spans");
        var ends = ServiceFixture.Start.AddDays(300);
        var made = (await CreateAsync($$"""{"name":"span","user_id":"{{ada}}","expires_at":"{{ends:yyyy-MM-ddTHH:mm:ssZ}}"}""")).ShouldBeCreated();
        var soon = ServiceFixture.Start.AddHours(2);
        var address = made.Response.Headers.Location!.ToString();
        (await Manager.AskAsync("PATCH " + address, $$"""{"expires_at":"{{soon:yyyy-MM-ddTHH:mm:ssZ}}"}""")).ShouldBeStored();

        var rotated = (await Manager.AskAsync("POST " + address + "/rotate", """{"overlap_hours":700}""")).ShouldBeCreated();

        rotated["old"]!["expires_at"]!.GetValue<DateTimeOffset>().ShouldBe(soon, TimeSpan.FromSeconds(1));
        var span = soon - made["created_at"]!.GetValue<DateTimeOffset>();
        rotated["new"]!["expires_at"]!.GetValue<DateTimeOffset>().ShouldBe(rotated["new"]!["created_at"]!.GetValue<DateTimeOffset>() + span, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_key_of_another_server_is_taken_over_by_value_or_by_hash()
    {
        var ada = await MemberAsync("ada-moves");
        var (byValue, byHash) = (ApiKeyText.Generate().Text, ApiKeyText.Generate().Text);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(byHash)));
        var taken = (await ImportAsync($$"""{"key":"{{byValue}}","name":"moved one","user_id":"{{ada}}"}""")).ShouldBeCreated();
        (await ImportAsync($$"""{"sha256":"{{hash}}","name":"moved two","user_id":"{{ada}}"}""")).ShouldBeCreated().Text("prefix").ShouldBe($"sha256:{hash[..6]}");

        (taken.Text("prefix"), taken["scopes"]![0]!.GetValue<string>()).ShouldBe((byValue[..13], "ingest"));
        taken.Body!.ToJsonString().ShouldNotContain(byValue);
        foreach (var key in new[] { byValue, byHash })
        {
            using var client = fixture.Service.ClientWith(key);
            (await client.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Day))).ShouldBeStored();
        }

        // Known here, or to another workspace: said alike.
        using var stranger = await fixture.ClientAsync("eve", UserRole.Owner, "ws_takes");
        var eve = (await stranger.AnswerAsync("/v1/members")).ShouldBeStored()["members"]![0]!["user_id"]!.GetValue<string>();
        var foreign = (await stranger.AskAsync("POST /v1/keys/import", $$"""{"sha256":"{{hash}}","name":"mine","user_id":"{{eve}}"}""")).ShouldBeRefused(409, "key_taken");
        var own = (await ImportAsync($$"""{"sha256":"{{hash}}","name":"again","user_id":"{{ada}}"}""")).ShouldBeRefused(409, "key_taken");
        foreign.Text("detail").ShouldBe(own.Text("detail"));
        (await ImportAsync($$"""{"key":"{{ApiKeyText.Generate().Text}}","name":"moved one","user_id":"{{ada}}"}""")).ShouldBeRefused(409, "name_taken");
    }

    [Theory]
    [InlineData("""{"key":"budi_short","name":"i","user_id":"ADA"}""", "$.key")]
    [InlineData("""{"key":"secret-without-the-scheme-0001","name":"i","user_id":"ADA"}""", "$.key")]
    [InlineData("""{"name":"i","user_id":"ADA"}""", "$.key")]
    [InlineData("""{"sha256":"abc","name":"i","user_id":"ADA"}""", "$.sha256")]
    [InlineData("""{"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","prefix":"other_x","name":"i","user_id":"ADA"}""", "$.prefix")]
    public async Task What_cannot_be_taken_over_is_refused_by_the_field_and_not_repeated(string body, string path)
    {
        var ada = await MemberAsync("ada-imports");
        var refused = (await ImportAsync(body.Replace("ADA", ada, StringComparison.Ordinal))).ShouldBeRefused(422, "invalid_request");
        refused["errors"]![0]!["path"]!.GetValue<string>().ShouldBe(path);
        refused.Body!.ToJsonString().ShouldNotContain("budi_short");
    }

    [Fact]
    public async Task Keys_are_listed_by_owner_and_state_page_by_page()
    {
        var ada = await MemberAsync("ada-lists");
        var made = new List<ServiceAnswer>();
        for (var i = 0; i < 5; i++) made.Add((await CreateAsync($$"""{"name":"listed {{i}}","user_id":"{{ada}}"}""")).ShouldBeCreated());
        await RevokeAsync(made[1]);

        (await NamesAsync($"?user_id={ada}&limit=2")).ShouldBe(["listed 0", "listed 1", "listed 2", "listed 3", "listed 4"]);
        (await NamesAsync($"?user_id={ada}&state=active&limit=3")).ShouldBe(["listed 0", "listed 2", "listed 3", "listed 4"]);
        (await NamesAsync($"?user_id={ada}&state=revoked")).ShouldBe(["listed 1"]);
        (await Manager.AnswerAsync("/v1/keys?state=lost")).ShouldBeRefused(400, "invalid_parameter");
        (await Manager.AnswerAsync($"/v1/keys/{Guid.NewGuid()}")).ShouldBeRefused(404, "key_not_found");
    }

    [Fact]
    public async Task A_change_is_made_on_what_was_read()
    {
        var ada = await MemberAsync("ada-edits");
        var address = (await CreateAsync($$"""{"name":"edited","user_id":"{{ada}}"}""")).ShouldBeCreated().Response.Headers.Location!.ToString();
        var read = (await Manager.AnswerAsync(address)).ShouldBeStored();
        var changed = (await Manager.AskAsync("PATCH " + address, """{"complete_by":"day"}""", ("If-Match", read.Response.Headers.ETag!.ToString()))).ShouldBeStored();
        (changed.Text("complete_by"), changed.Text("name")).ShouldBe(("day", "edited"));
        (await Manager.AskAsync("PATCH " + address, """{"complete_by":"row"}""", ("If-Match", read.Response.Headers.ETag!.ToString()))).ShouldBeRefused(412, "precondition_failed");
    }

    private async Task<string> MemberAsync(string name)
    {
        var added = await Manager.AskAsync("POST /v1/members", $$"""{"name":"{{name}}","role":"member"}""");
        return added.Status == HttpStatusCode.Created
            ? added.Text("user_id")!
            : (await fixture.Service.QueryAsync<Guid>($"SELECT user_id FROM users WHERE name = '{name}'"))[0].ToString();
    }

    private async Task<List<string>> NamesAsync(string query)
    {
        var names = new List<string>();
        for (var next = ""; ;)
        {
            var page = (await Manager.AnswerAsync("/v1/keys" + query + next)).ShouldBeStored();
            names.AddRange(page["keys"]!.AsArray().Select((JsonNode? key) => key!["name"]!.GetValue<string>()));
            if (page.Text("next_cursor") is not { } cursor) return names;
            next = "&cursor=" + cursor;
        }
    }

    private Task<ServiceAnswer> CreateAsync(string body) => Manager.AskAsync("POST /v1/keys", body);

    private Task<ServiceAnswer> ImportAsync(string body) => Manager.AskAsync("POST /v1/keys/import", body);

    private Task<ServiceAnswer> RevokeAsync(ServiceAnswer made) => Manager.AskAsync("POST " + made.Response.Headers.Location + "/revoke");
}

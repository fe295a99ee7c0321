using System.Net;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Invites;

/// <summary>People become members by themselves, as many as were invited, as what they were invited to be.</summary>
public sealed class InviteTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private IngestService Service => fixture.Service;

    [Theory]
    [InlineData("member", """["ingest","read:own"]""")]
    [InlineData("viewer", """["read:own","read"]""")]
    [InlineData("manager", """["ingest","read:own","read","manage"]""")]
    [InlineData("owner", """["ingest","read:own","read","manage"]""")]
    public async Task Who_accepts_is_what_the_invite_says_and_has_a_key(string role, string scopes)
    {
        var made = await MakeAsync($$"""{"role":"{{role}}","note":"for the tests"}""");
        (made.Text("invite.state"), made.Text("invite.role"), made["invite.uses"]!.GetValue<int>()).ShouldBe(("open", role, 0));
        made.Text("token")!.ShouldMatch("^invite_[A-Za-z0-9_-]{43}$");

        var accepted = (await AcceptAsync(made.Text("token")!, $" {role} ada ")).ShouldBeCreated();
        accepted.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (accepted.Text("workspace_id"), accepted.Text("user_name"), accepted.Text("role")).ShouldBe((IngestService.WorkspaceId, $"{role} ada", role));
        using var client = Service.ClientWith(accepted.Text("key")!);
        (await client.AnswerAsync("/v1/whoami")).ShouldBeStored();
        (await Service.QueryAsync<string>($"SELECT to_jsonb(scopes)::text FROM api_keys WHERE key_id = '{accepted.Text("key_id")}'"))[0].Replace(" ", "", StringComparison.Ordinal)
            .ShouldBe(scopes);

        var listed = (await Service.GetAsync("/v1/invites?state=used&limit=1000")).ShouldBeStored()["invites"]!.AsArray()
            .Single(one => one!["invite_id"]!.ToString() == made.Text("invite.invite_id"))!;
        (listed["uses"]!.GetValue<int>(), listed["note"]!.ToString()).ShouldBe((1, "for the tests"));
        (await AcceptAsync(made.Text("token")!, "late")).ShouldBeRefused(410, "code_spent").Text("detail")!.ShouldContain("accepted already");
    }

    [Fact]
    public async Task The_same_person_belongs_to_several_workspaces_and_is_in_none_twice()
    {
        using var elsewhere = await fixture.ClientAsync("grace", UserRole.Member, "ws_elsewhere");
        var user = (await Service.QueryAsync<Guid>("SELECT user_id FROM users WHERE workspace_id = 'ws_elsewhere'"))[0];
        var token = (await MakeAsync("""{"most_uses":3}""")).Text("token")!;

        // Called as elsewhere, where nothing else is said.
        var accepted = (await elsewhere.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}"}""")).ShouldBeCreated();
        (accepted.Text("user_id"), accepted.Text("user_name")).ShouldBe((user.ToString(), "grace"));
        using var here = Service.ClientWith(accepted.Text("key")!);
        foreach (var known in new[] { elsewhere, here })
            (await known.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}","name":"another"}""")).ShouldBeRefused(409, "already_member").Text("detail")!.ShouldContain("grace");

        (await AcceptAsync(token, "grace")).ShouldBeRefused(409, "name_taken");
        using var wrong = Service.ClientWith(ApiKeyText.Generate().Text);
        (await wrong.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}","name":"x"}""")).ShouldBeRefused(401, "unauthorized");
        (await UsesAsync(token)).ShouldBe(1);

        // Whom somebody removed, an invite from before does not bring back.
        await Service.ExecuteAsync($"UPDATE users SET removed_at = now() WHERE workspace_id = '{IngestService.WorkspaceId}' AND user_id = '{user}'");
        (await elsewhere.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}","name":"grace again"}""")).ShouldBeRefused(409, "conflict").Text("detail")!.ShouldContain("Ask a manager");
        (await UsesAsync(token)).ShouldBe(1);
    }

    [Fact]
    public async Task An_invite_for_three_makes_three_members_however_many_accept_at_the_same_time()
    {
        await using var other = await fixture.InstanceAsync();
        var token = (await MakeAsync("""{"most_uses":3}""")).Text("token")!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(person => AcceptAsync(token, $"crowd {person}", person % 2 == 0 ? Service : other)));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(3);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldBeRefused(410, "code_spent");
        (await Service.QueryAsync<long>("SELECT count(*) FROM users WHERE name LIKE 'crowd %'")).ShouldBe([3]);
        (await UsesAsync(token)).ShouldBe(3);
    }

    [Fact]
    public async Task Somebody_who_accepts_several_invites_at_the_same_time_is_a_member_once()
    {
        using var elsewhere = await fixture.ClientAsync("twice", UserRole.Member, "ws_at_once");
        var tokens = new List<string>();
        for (var invite = 0; invite < 12; invite++) tokens.Add((await MakeAsync("{}")).Text("token")!);
        var answers = await Task.WhenAll(tokens.Select(
            (token, name) => elsewhere.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}","name":"twice {{name}}"}""")));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldBeRefused(409, "already_member");
    }

    [Fact]
    public async Task Two_who_want_one_name_at_the_same_time_do_not_both_get_it()
    {
        var token = (await MakeAsync("""{"most_uses":10}""")).Text("token")!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AcceptAsync(token, "one of a kind")));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldBeRefused(409, "name_taken");
        (await UsesAsync(token)).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_is_made_an_owner_by_somebody_who_is_none()
    {
        using var manager = await fixture.ClientAsync("manages", UserRole.Manager);
        (await manager.AskAsync("POST /v1/invites", """{"role":"owner"}""")).ShouldBeRefused(403, "owner_needed");
        (await manager.AskAsync("POST /v1/invites", """{"role":"manager"}""")).ShouldBeCreated();
        var owners = await MakeAsync("""{"role":"owner"}""");
        (await manager.AskAsync($"DELETE /v1/invites/{owners.Text("invite.invite_id")}")).ShouldBeRefused(403, "owner_needed");
    }

    [Fact]
    public async Task What_was_taken_back_or_is_too_old_is_of_no_use_and_reading_accepts_nothing()
    {
        var made = await MakeAsync("{}");
        var token = made.Text("token")!;
        using var client = Service.ClientWithoutKey();
        foreach (var method in new[] { "GET", "HEAD", "PUT" }) (await client.AskAsync($"{method} /v1/invites/accept?token={token}&name=eve")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await client.AskAsync($"GET /v1/invites/{token}")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await UsesAsync(token)).ShouldBe(0);

        (await Service.Client.AskAsync("DELETE " + made.Response.Headers.Location)).ShouldBeStored().Text("state").ShouldBe("revoked");
        (await Service.Client.AskAsync("DELETE " + made.Response.Headers.Location)).ShouldBeStored().Text("state").ShouldBe("revoked");
        (await AcceptAsync(token, "eve")).ShouldBeRefused(410, "code_spent").Text("detail")!.ShouldContain("taken back at ");

        var old = await MakeAsync("""{"days":1}""");
        await Service.ExecuteAsync($"UPDATE invites SET expires_at = created_at WHERE invite_id = '{old.Text("invite.invite_id")}'");
        (await AcceptAsync(old.Text("token")!, "eve")).ShouldBeRefused(410, "code_spent").Text("detail")!.ShouldContain("expired at ");
        (await AcceptAsync(InviteToken.Generate().Text, "eve")).ShouldBeRefused(404, "code_unknown");
        (await client.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}"}""")).ShouldBeRefused(422, "invalid_request");
        (await AcceptAsync((await MakeAsync("{}")).Text("token")!, "  ")).ShouldBeRefused(422, "invalid_request");
        foreach (var body in new[] { """{"days":91}""", """{"most_uses":0}""", """{"role":"king"}""", """{"user_id":"x"}""" })
            (await Service.Client.AskAsync("POST /v1/invites", body)).ShouldBeRefused(422, "invalid_request");
    }

    [Fact]
    public async Task The_key_of_a_device_does_not_speak_for_its_person()
    {
        using var boss = await fixture.ClientAsync("boss", UserRole.Owner, "ws_devices_speak");
        var token = (await boss.AskAsync("POST /v1/invites", """{"role":"manager","most_uses":3}""")).ShouldBeCreated().Text("token")!;
        var keys = Service.Services.GetRequiredService<KeyStore>();
        var ada = new KeyOwner.Person("ada-and-devices", UserRole.Member);
        foreach (var asked in new[]
        {
            new NewKey(IngestService.WorkspaceId, ada) { Scopes = KeyScopes.Ingest },
            new NewKey(IngestService.WorkspaceId, ada) { DeviceId = ServiceFixture.NewDevice() },
        })
        {
            using var device = Service.ClientWith((await keys.CreateAsync(Actor.Operator, asked)).Key);
            (await device.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}"}""")).ShouldBeRefused(403, "scope_missing");
        }

        using var own = Service.ClientWith((await keys.CreateAsync(Actor.Operator, new NewKey(IngestService.WorkspaceId, ada) { Scopes = KeyScopes.ReadOwn })).Key);
        (await own.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}"}""")).ShouldBeCreated().Text("user_name").ShouldBe("ada-and-devices");
    }

    [Fact]
    public async Task A_service_is_nobody_and_accepts_nothing()
    {
        var keys = Service.Services.GetRequiredService<KeyStore>();
        var key = await keys.CreateAsync(Actor.Operator, new NewKey(IngestService.WorkspaceId, new KeyOwner.Service()) { Name = "ci", Scopes = KeyScopes.Read });
        using var service = Service.ClientWith(key.Key);
        (await service.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{(await MakeAsync("{}")).Text("token")}}","name":"x"}""")).ShouldBeRefused(422, "invalid_request");
    }

    private async Task<ServiceAnswer> MakeAsync(string body) => (await Service.Client.AskAsync("POST /v1/invites", body)).ShouldBeCreated();

    private async Task<ServiceAnswer> AcceptAsync(string token, string name, IngestService? service = null)
    {
        using var client = (service ?? Service).ClientWithoutKey();
        return await client.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}","name":"{{name}}"}""");
    }

    private async Task<int> UsesAsync(string token)
    {
        InviteToken.TryParse(token, out var parsed).ShouldBeTrue();
        return (await Service.QueryAsync<int>($"SELECT uses FROM invites WHERE token_hash = '\\x{Convert.ToHexString(parsed.Hash())}'"))[0];
    }
}

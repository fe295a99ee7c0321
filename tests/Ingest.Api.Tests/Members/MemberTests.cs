using System.Net;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Members;

/// <summary>The people of a workspace, as its managers and owners keep them.</summary>
public sealed class MemberTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private KeyStore Keys => fixture.Service.Services.GetRequiredService<KeyStore>();

    [Fact]
    public async Task People_are_added_found_changed_and_removed()
    {
        using var owner = await fixture.ClientAsync("grace", UserRole.Owner, "ws_people");
        var added = (await AddAsync(owner, "ada", "member")).ShouldBeCreated();
        (added.Text("role"), added.Text("kind"), added["live_keys"]!.GetValue<long>()).ShouldBe(("member", "person", 0));
        var address = added.Response.Headers.Location!.ToString();

        var read = (await owner.AnswerAsync(address)).ShouldBeStored();
        var changed = (await owner.AskAsync("PATCH " + address, """{"name":"ada l.","role":"viewer"}""", ("If-Match", read.Response.Headers.ETag!.ToString()))).ShouldBeStored();
        (changed.Text("name"), changed.Text("role")).ShouldBe(("ada l.", "viewer"));
        (await owner.AskAsync("PATCH " + address, """{"role":"manager"}""", ("If-Match", read.Response.Headers.ETag!.ToString()))).ShouldBeRefused(412, "precondition_failed");

        (await NamesAsync(owner)).ShouldBe(["grace", "ada l."]);
        (await owner.AskAsync("DELETE " + address, null, ("If-Match", read.Response.Headers.ETag!.ToString()))).ShouldBeRefused(412, "precondition_failed");
        (await owner.AskAsync("DELETE " + address, null, ("If-Match", changed.Response.Headers.ETag!.ToString()))).ShouldBeStored().Text("name").ShouldBe("ada l.");
        (await owner.AnswerAsync(address)).ShouldBeRefused(404, "member_not_found");
        (await NamesAsync(owner)).ShouldBe(["grace"]);

        // Whoever goes leaves the name to others.
        (await AddAsync(owner, "ada l.", "member")).ShouldBeCreated();
        (await fixture.Service.QueryAsync<string>("SELECT action FROM audit_log WHERE workspace_id = 'ws_people' AND subject_kind = 'member' ORDER BY at, entry_id"))
            .ShouldBe(["member.added", "member.added", "member.changed", "member.removed", "member.added"]);
    }

    [Fact]
    public async Task Adding_the_same_person_twice_is_refused_and_makes_no_second_row_whoever_is_quicker()
    {
        using var owner = await fixture.ClientAsync("grace", UserRole.Owner, "ws_twice");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AddAsync(owner, "ada", "member")));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldBeRefused(409, "name_taken");
        (await fixture.Service.QueryAsync<long>("SELECT count(*) FROM users WHERE workspace_id = 'ws_twice' AND name = 'ada'")).ShouldBe([1]);

        var bob = (await AddAsync(owner, "bob", "member")).ShouldBeCreated().Response.Headers.Location!.ToString();
        (await owner.AskAsync("PATCH " + bob, """{"name":"ada"}""")).ShouldBeRefused(409, "name_taken");
    }

    [Fact]
    public async Task A_manager_neither_makes_nor_touches_owners()
    {
        using var owner = await fixture.ClientAsync("grace", UserRole.Owner, "ws_ranks");
        using var manager = fixture.Service.ClientWith((await Keys.CreateKeyAsync("ws_ranks", UserRole.Manager, "max")).Key);
        var (grace, ada) = (await IdAsync(owner, "grace"), (await AddAsync(manager, "ada", "member")).ShouldBeCreated().Text("user_id")!);

        (await AddAsync(manager, "eve", "owner")).ShouldBeRefused(403, "owner_needed");
        (await manager.AskAsync($"PATCH /v1/members/{ada}", """{"role":"owner"}""")).ShouldBeRefused(403, "owner_needed");
        (await manager.AskAsync($"PATCH /v1/members/{grace}", """{"role":"member"}""")).ShouldBeRefused(403, "owner_needed");
        (await manager.AskAsync($"DELETE /v1/members/{grace}")).ShouldBeRefused(403, "owner_needed");
        (await manager.AskAsync($"PATCH /v1/members/{ada}", """{"role":"manager"}""")).ShouldBeStored();
        (await owner.AskAsync($"PATCH /v1/members/{ada}", """{"role":"owner"}""")).ShouldBeStored();
    }

    [Fact]
    public async Task Two_owners_who_leave_at_once_never_leave_none()
    {
        for (var round = 0; round < 5; round++)
        {
            var workspace = $"ws_owners_{round}";
            using var one = await fixture.ClientAsync("one", UserRole.Owner, workspace);
            using var two = fixture.Service.ClientWith((await Keys.CreateKeyAsync(workspace, UserRole.Owner, "two")).Key);
            var (idOne, idTwo) = (await IdAsync(one, "one"), await IdAsync(one, "two"));

            var answers = await Task.WhenAll(
                one.AskAsync($"PATCH /v1/members/{idOne}", """{"role":"member"}"""), two.AskAsync($"DELETE /v1/members/{idTwo}"));

            answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.Single(answer => answer.Status != HttpStatusCode.OK).ShouldBeRefused(409, "last_owner");
            (await fixture.Service.QueryAsync<long>($"SELECT count(*) FROM users WHERE workspace_id = '{workspace}' AND role = 'owner' AND removed_at IS NULL")).ShouldBe([1]);
        }
    }

    [Fact]
    public async Task Another_role_acts_on_keys_everywhere_within_a_second()
    {
        await using var other = await fixture.InstanceAsync();
        using var owner = await fixture.ClientAsync("grace", UserRole.Owner, "ws_demoted");
        var key = (await Keys.CreateKeyAsync("ws_demoted", UserRole.Manager, "max")).Key;
        using var here = fixture.Service.ClientWith(key);
        using var there = other.ClientWith(key);
        foreach (var client in new[] { here, there }) (await client.AnswerAsync("/v1/members")).ShouldBeStored();

        (await owner.AskAsync($"PATCH /v1/members/{await IdAsync(owner, "max")}", """{"role":"viewer"}""")).ShouldBeStored();
        await WithinASecondAsync(async () => (await there.AnswerAsync("/v1/members")).Status == HttpStatusCode.Forbidden && (await here.AnswerAsync("/v1/members")).Status == HttpStatusCode.Forbidden);

        (await there.AnswerAsync("/v1/usage")).ShouldBeStored();
        (await there.PostEnvelopeAsync(EnvelopeBuilder.For("ws_demoted").Rollup(ServiceFixture.Today))).ShouldBeRefused(403, "role_missing");
    }

    [Fact]
    public async Task Who_is_removed_is_out_everywhere_within_a_second_and_their_devices_stay()
    {
        await using var other = await fixture.InstanceAsync();
        using var owner = await fixture.ClientAsync("grace", UserRole.Owner, "ws_removed");
        var key = (await Keys.CreateKeyAsync("ws_removed", UserRole.Member, "ada")).Key;
        using var here = fixture.Service.ClientWith(key);
        using var there = other.ClientWith(key);
        foreach (var client in new[] { here, there })
            (await client.PostEnvelopeAsync(EnvelopeBuilder.For("ws_removed").Device("stays").Rollup(ServiceFixture.Today.AddDays(-9)))).ShouldBeStored();
        var ada = await IdAsync(owner, "ada");
        (await owner.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{ada}}"}""")).ShouldBeCreated();

        var removed = (await owner.AskAsync($"DELETE /v1/members/{ada}")).ShouldBeStored();
        await WithinASecondAsync(
            async () => (await there.AnswerAsync("/v1/whoami")).Status == HttpStatusCode.Unauthorized && (await here.AnswerAsync("/v1/whoami")).Status == HttpStatusCode.Unauthorized);

        (removed["keys_revoked"]!.GetValue<int>(), removed["enrolments_ended"]!.GetValue<int>()).ShouldBe((1, 1));
        (await owner.StatusOfAsync("stays")).ShouldBeStored()["total_rollup_records"]!.GetValue<long>().ShouldBe(1);
    }

    [Theory]
    [InlineData("owner", "", 410)]
    [InlineData("manager", "", 410)]
    [InlineData("owner", "manager", 410)]
    [InlineData("manager", "member", 410)]
    [InlineData("manager", "owner", 201)]
    [InlineData("manager", "manager", 201)]
    public async Task What_somebody_let_others_in_with_ends_where_they_may_not_any_more(string role, string becomes, int status)
    {
        var workspace = $"ws_{role}_{becomes}_ends";
        using var owner = await fixture.ClientAsync("grace", UserRole.Owner, workspace);
        using var leaving = fixture.Service.ClientWith((await Keys.CreateKeyAsync(workspace, UserRoles.Find(role), "max")).Key);
        var max = await IdAsync(owner, "max");
        var ada = (await AddAsync(owner, "ada", "member")).ShouldBeCreated().Text("user_id");
        var token = (await leaving.AskAsync("POST /v1/invites", """{"role":"manager","most_uses":5}""")).ShouldBeCreated().Text("token");
        var code = (await leaving.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{ada}}"}""")).ShouldBeCreated().Text("code");
        var others = (await owner.AskAsync("POST /v1/invites", "{}")).ShouldBeCreated().Text("token");

        var address = $"/v1/members/{max}";
        var answer = (await owner.AskAsync(becomes.Length == 0 ? "DELETE " + address : "PATCH " + address, becomes.Length == 0 ? null : $$"""{"name":"max b.","role":"{{becomes}}"}""")).ShouldBeStored();
        if (becomes.Length == 0) (answer["invites_revoked"]!.GetValue<int>(), answer["enrolments_ended"]!.GetValue<int>()).ShouldBe((1, 1));

        using var nobody = fixture.Service.ClientWithoutKey();
        ((int)(await nobody.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}","name":"max returns"}""")).Status).ShouldBe(status);
        ((int)(await nobody.AskAsync("POST /v1/enroll", $$"""{"code":"{{code}}"}""")).Status).ShouldBe(status);
        (await nobody.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{others}}","name":"eve"}""")).ShouldBeCreated();
        (await fixture.Service.QueryAsync<string>(
            $"SELECT coalesce(after ->> 'invites_revoked', '-') || coalesce(after ->> 'enrolments_ended', '-') FROM audit_log WHERE workspace_id = '{workspace}' AND subject_id = '{max}' AND action IN ('member.removed', 'member.changed')"))
            .ShouldBe([status == 410 ? "11" : "--"]);
    }

    [Fact]
    public async Task The_list_goes_on_page_by_page()
    {
        using var owner = await fixture.ClientAsync("grace", UserRole.Owner, "ws_pages");
        for (var i = 0; i < 4; i++) await AddAsync(owner, $"person {i}", "member");

        var names = new List<string>();
        for (var next = ""; ;)
        {
            var page = (await owner.AnswerAsync("/v1/members?limit=2" + next)).ShouldBeStored();
            names.AddRange(page["members"]!.AsArray().Select(member => member!["name"]!.GetValue<string>()));
            if (page.Text("next_cursor") is not { } cursor) break;
            next = "&cursor=" + cursor;
        }

        names.ShouldBe(["grace", "person 0", "person 1", "person 2", "person 3"]);
    }

    private static Task<ServiceAnswer> AddAsync(HttpClient client, string name, string role) =>
        client.AskAsync("POST /v1/members", $$"""{"name":"{{name}}","role":"{{role}}"}""");

    private static async Task<string> IdAsync(HttpClient client, string name) => (await client.AnswerAsync("/v1/members")).ShouldBeStored()["members"]!.AsArray()
        .Single(member => member!["name"]!.GetValue<string>() == name)!["user_id"]!.GetValue<string>();

    private static async Task<List<string>> NamesAsync(HttpClient client) =>
        [.. (await client.AnswerAsync("/v1/members")).ShouldBeStored()["members"]!.AsArray().Select(member => member!["name"]!.GetValue<string>())];

    private static async Task WithinASecondAsync(Func<Task<bool>> reached)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.TrueAsync(reached, "every instance knows");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }
}

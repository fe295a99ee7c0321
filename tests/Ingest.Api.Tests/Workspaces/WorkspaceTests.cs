using System.Net.Http.Headers;
using System.Text.Json;
using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;

namespace Ingest.Api.Tests.Workspaces;

public sealed class WorkspaceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Everybody_who_reads_sees_the_workspace_and_only_managers_rename_it()
    {
        using var manager = await fixture.ClientAsync("ann", UserRole.Manager, "ws_seen");
        await manager.PostEnvelopeAsync(EnvelopeBuilder.For("ws_seen").Device("one").Rollup(ServiceFixture.Today));

        var seen = (await manager.AnswerAsync("/v1/workspace")).ShouldBeStored();
        (seen.Text("workspace_id"), seen.Text("name"), seen["members"]!.GetValue<long>(), seen["devices"]!.GetValue<long>()).ShouldBe(("ws_seen", "ws_seen", 1, 1));

        var renamed = (await manager.AskAsync("PATCH /v1/workspace", """{"name":" Seen "}""", ("If-Match", seen.Response.Headers.ETag!.ToString()))).ShouldBeStored();
        renamed.Text("name").ShouldBe("Seen");
        (await manager.AskAsync("PATCH /v1/workspace", """{"name":"Late"}""", ("If-Match", seen.Response.Headers.ETag!.ToString()))).ShouldBeRefused(412, "precondition_failed");
        (await manager.AskAsync("PATCH /v1/workspace", """{"name":"Later"}""", ("If-Match", renamed.Response.Headers.ETag!.ToString()))).ShouldBeStored();
        (await manager.AskAsync("PATCH /v1/workspace", """{"name":" "}""")).ShouldBeRefused(422, "invalid_request")["errors"]![0]!["path"]!.GetValue<string>().ShouldBe("$.name");

        using var member = await fixture.ClientAsync("reads-the-name");
        (await member.AnswerAsync("/v1/workspace")).ShouldBeStored();
        (await member.AskAsync("PATCH /v1/workspace", """{"name":"Mine"}""")).ShouldBeRefused(403, "role_missing");
    }

    [Fact]
    public async Task What_another_workspace_is_called_is_told_to_nobody()
    {
        using var one = await fixture.ClientAsync("ann", UserRole.Owner, "ws_called");
        using var other = await fixture.ClientAsync("bob", UserRole.Owner, "ws_other");
        (await one.AskAsync("PATCH /v1/workspace", """{"name":"Secret project"}""")).ShouldBeStored();

        (await other.AskAsync("PATCH /v1/workspace", """{"name":"Secret project"}""")).ShouldBeStored();
    }

    [Fact]
    public async Task Who_am_i_says_what_the_key_is_and_never_names_the_workspace_twice()
    {
        using var member = await fixture.ClientAsync("ada-asks");
        var answer = (await member.AnswerAsync("/v1/whoami")).ShouldBeStored();
        // A daemon of 8.5.2 fails where it finds org_id beside this one, and no daemon reads anything else.
        answer.Body!.AsObject().First().Key.ShouldBe("workspace_id");
        answer.Body.ToJsonString().ShouldNotContain("org_id");
        (answer.Text("user_name"), answer.Text("role")).ShouldBe(("ada-asks", "member"));
        answer["scopes"]!.Deserialize<string[]>().ShouldBe(["ingest", "read:own"]);
        answer.Text("key_prefix").ShouldBe(member.DefaultRequestHeaders.Authorization!.Parameter![..13]);
        answer["device_id"].ShouldBeNull();
    }
}

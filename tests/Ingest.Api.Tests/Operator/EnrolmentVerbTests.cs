using System.Text.Json.Nodes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Operator;

/// <summary>Codes, invites and the audit log by verbs, beside a service on the same database.</summary>
public sealed class EnrolmentVerbTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly KeyValuePair<string, string?> PublicUrl = new("PublicUrl", "https://ingest.example.com");

    [Fact]
    public async Task A_code_made_by_a_verb_is_redeemed_at_the_service_and_its_line_is_ready_to_paste()
    {
        var (code, text, error) = await RunAsync(PublicUrl, "device", "enroll", "--workspace", IngestService.WorkspaceId, "--person", "ada", "--label", "laptop");
        code.ShouldBe(0, error);
        var shown = text.Split('\n').Select(line => line.Trim()).Single(line => line.Length == 23 && line[5] == '-');
        text.ShouldContain($"curl -fsS https://ingest.example.com/v1/enroll -H 'Accept: application/toml' -H 'Content-Type: application/json' -d '{{\"code\":\"{shown}\"}}' -o ~/.config/budi/cloud.toml && chmod 600 ~/.config/budi/cloud.toml)");

        using var client = fixture.Service.ClientWithoutKey();
        (await client.AskAsync("POST /v1/enroll", $$"""{"code":"{{shown}}"}""")).ShouldBeCreated().Text("label").ShouldBe("laptop");
        var listed = (await JsonAsync("enrolment", "list", "--workspace", IngestService.WorkspaceId))["enrolments"]!.AsArray().Single(one => one!["user_name"]!.ToString() == "ada")!;
        listed["state"]!.ToString().ShouldBe("redeemed");
        (await RunAsync(PublicUrl, "enrolment", "revoke", listed["enrolment_id"]!.ToString())).Error.ShouldContain("revoke its key");
        (await RunAsync(PublicUrl, "enrolment", "list")).Output.ShouldContain("redeemed ");
    }

    [Fact]
    public async Task A_code_is_for_the_device_that_the_operator_names_and_can_be_taken_back()
    {
        var made = await JsonAsync("device", "enroll", "--workspace", IngestService.WorkspaceId, "--person", "bob", "--device", "DEV-1", "--minutes", "60");
        made["enrolment"]!["device_id"]!.ToString().ShouldBe("DEV-1");
        (await RunAsync(PublicUrl, "enrolment", "revoke", made["enrolment"]!["enrolment_id"]!.ToString())).Output.ShouldContain("is taken back");
        using var client = fixture.Service.ClientWithoutKey();
        (await client.AskAsync("POST /v1/enroll", $$"""{"code":"{{made["code"]}}"}""")).ShouldBeRefused(410, "code_spent");

        foreach (var (wrong, word) in new[] { (new[] { "--minutes", "4" }, "5 to 10080"), (["--device", "a b"], "no device id"), (["--label", new string('x', 129)], "128") })
            (await RunAsync(PublicUrl, ["device", "enroll", "--workspace", IngestService.WorkspaceId, "--person", "bob", .. wrong])).Error.ShouldContain(word);
        (await RunAsync(PublicUrl, "device", "enroll", "--workspace", "ws_absent", "--person", "bob")).Error.ShouldContain("ws_absent");
    }

    [Fact]
    public async Task An_invite_is_made_accepted_listed_and_taken_back_and_all_of_it_is_in_the_log()
    {
        var (code, text, error) = await RunAsync(PublicUrl, "invite", "create", "--workspace", IngestService.WorkspaceId, "--role", "owner", "--note", "second owner", "--uses", "2");
        code.ShouldBe(0, error);
        var token = text.Split('\n').Select(line => line.Trim()).Single(line => line.StartsWith("invite_", StringComparison.Ordinal));
        using var client = fixture.Service.ClientWithoutKey();
        (await client.AskAsync("POST /v1/invites/accept", $$"""{"token":"{{token}}","name":"carol"}""")).ShouldBeCreated().Text("role").ShouldBe("owner");
        var listed = (await JsonAsync("invite", "list", "--workspace", IngestService.WorkspaceId))["invites"]!.AsArray().Single(one => one!["note"]?.ToString() == "second owner")!;
        (listed["uses"]!.GetValue<int>(), listed["role"]!.ToString(), listed["state"]!.ToString()).ShouldBe((1, "owner", "open"));
        (await RunAsync(PublicUrl, "invite", "list")).Output.ShouldContain("1 of 2");
        (await RunAsync(PublicUrl, "invite", "revoke", listed["invite_id"]!.ToString())).Output.ShouldContain("is taken back");
        (await RunAsync(PublicUrl, "invite", "revoke", Guid.NewGuid().ToString())).Error.ShouldContain("There is no such invite");

        var log = (await JsonAsync("audit", "list", "--workspace", IngestService.WorkspaceId, "--since", "2026-05-01"))["entries"]!.AsArray();
        log.Select(one => one!["entry"]!["action"]!.ToString()).ShouldContain("invite.accepted");
        var lines = (await RunAsync(PublicUrl, "audit", "list")).Output;
        lines.ShouldContain("invite.revoked");
        lines.ShouldContain($"{Environment.UserName} (operator)");
        lines.ShouldNotContain(token);
        (await JsonAsync("audit", "list", "--since", "2100-01-01"))["entries"]!.AsArray().ShouldBeEmpty();
        (await RunAsync(PublicUrl, "audit", "list", "--since", "soon")).Code.ShouldBe(2);
    }

    private async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(PublicUrl, [.. arguments, "--format", "json"]);
        code.ShouldBe(0, error);
        return JsonNode.Parse(output)!;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(KeyValuePair<string, string?> setting, params string[] arguments) =>
        OperatorRun.RunAsync([KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString), setting], arguments);
}

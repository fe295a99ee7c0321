using System.Text.Json.Nodes;
using Ingest.Api.Tests.Pages;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Operator;

/// <summary>A link that signs somebody in, made on the server.</summary>
public sealed class PageVerbTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_link_is_shown_once_and_signs_its_person_in()
    {
        (await RunAsync("member", "add", "--workspace", IngestService.WorkspaceId, "--name", "ada")).Code.ShouldBe(0);
        var (code, text, error) = await RunAsync("sign-in-link", "--workspace", IngestService.WorkspaceId, "--person", "ada");
        code.ShouldBe(0, error);
        text.ShouldContain("https://ingest.example.com/sign-in/link?token=page_");
        text.ShouldContain("ada");

        var made = JsonNode.Parse((await RunAsync("sign-in-link", "--workspace", IngestService.WorkspaceId, "--person", "ada", "--format", "json")).Output)!;
        var link = new Uri((string)made["url"]!);
        ((string?)made["user_name"]).ShouldBe("ada");
        using var visitor = new Visitor(fixture.Service);
        var proof = await visitor.ProofAsync(link.PathAndQuery);
        (await visitor.PostAsync("/sign-in/link", [("form_proof", proof), ("token", link.Query["?token=".Length..])])).ShouldLeadTo("/");
        (await (await visitor.GetAsync("/")).ShouldBePageAsync()).ShouldContain("ada, member");
    }

    [Theory]
    [InlineData("nobody", IngestService.WorkspaceId, "Nobody in workspace")]
    [InlineData("ada", "ws_none", "ws_none")]
    public async Task Nobody_else_gets_one(string person, string workspace, string told)
    {
        var (code, _, error) = await RunAsync("sign-in-link", "--workspace", workspace, "--person", person);
        code.ShouldBe(1);
        error.ShouldContain(told);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => OperatorRun.RunAsync(
        [KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString), KeyValuePair.Create("PublicUrl", (string?)"https://ingest.example.com")], arguments);
}

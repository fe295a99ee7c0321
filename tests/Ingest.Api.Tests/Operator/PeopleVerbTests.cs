using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ingest.Domain.Identity;
using Ingest.Testing.Postgres;

namespace Ingest.Api.Tests.Operator;

/// <summary>Workspaces, people and keys as an operator keeps them.</summary>
public sealed class PeopleVerbTests : IAsyncLifetime
{
    private const string Workspace = "ws_team";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await JsonAsync("workspace", "create", "--name", "Team", "--id", Workspace);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [Fact]
    public async Task Workspaces_are_listed_and_renamed_and_each_name_is_had_once()
    {
        (await FailAsync("workspace", "create", "--name", "Team")).ShouldContain($"{Workspace} is called \"Team\"");
        (await FailAsync("workspace", "create", "--name", "Other", "--id", Workspace)).ShouldContain("exists already");
        await JsonAsync("workspace", "create", "--name", "Other", "--id", "ws_other");
        (await FailAsync("workspace", "rename", "ws_other", "--name", "Team")).ShouldContain(Workspace);
        (await RunAsync("workspace", "rename", "ws_other", "--name", "Others")).Output.ShouldContain("ws_other is called \"Others\"");
        (await FailAsync("workspace", "rename", "ws_absent", "--name", "x")).ShouldContain("no workspace");
        (await RunAsync("workspace", "list")).Output.ShouldContain("Others");
        (await JsonAsync("workspace", "list")).GetProperty("workspaces").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task People_are_added_changed_and_removed()
    {
        (await JsonAsync("member", "add", "--workspace", Workspace, "--name", "grace", "--role", "owner")).GetProperty("role").GetString().ShouldBe("owner");
        (await RunAsync("member", "add", "--workspace", Workspace, "--name", "ada")).Output.ShouldContain("ada is a member");
        (await FailAsync("member", "add", "--workspace", Workspace, "--name", "ada")).ShouldContain("called \"ada\" already");
        await JsonAsync("key", "create", "--workspace", Workspace, "--person", "ada");
        (await RunAsync("member", "set", "ada", "--workspace", Workspace, "--role", "manager")).Output.ShouldContain("ada is a manager");
        (await FailAsync("member", "set", "grace", "--workspace", Workspace, "--role", "viewer")).ShouldContain("last owner");
        (await RunAsync("member", "list", "--workspace", Workspace)).Output.ShouldContain("manager");

        var removed = await JsonAsync("member", "remove", "ada", "--workspace", Workspace);
        removed.GetProperty("keys_revoked").GetInt32().ShouldBe(1);
        (await FailAsync("member", "remove", "ada", "--workspace", Workspace)).ShouldContain("Nobody");
        (await JsonAsync("member", "list")).GetProperty("members").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_key_is_made_with_all_that_can_be_said_of_it()
    {
        var made = await JsonAsync(
            "key", "create", "--workspace", Workspace, "--person", "ada", "--name", "laptop", "--device", "DEV_1", "--expires", "2099-01-01", "--complete-by", "day");
        made.GetProperty("scopes")[0].GetString().ShouldBe("ingest");
        made.GetProperty("expires_at").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var list = (await RunAsync("key", "list")).Output;
        foreach (var word in new[] { "laptop", "ada", "ingest", "2099-01-01", "active" }) list.ShouldContain(word);

        (await FailAsync("key", "create", "--workspace", Workspace, "--name", "laptop")).ShouldContain("called \"laptop\"");
        (await FailAsync("key", "create", "--workspace", Workspace, "--scopes", "read")).ShouldContain("cannot have read");
        (await RunAsync("key", "create", "--workspace", Workspace, "--scopes", "everything")).Code.ShouldBe(2);
        (await RunAsync("key", "create", "--workspace", Workspace, "--expires", "tomorrow")).Code.ShouldBe(2);
        (await RunAsync("key", "create", "--workspace", Workspace, "--device", "no device")).Code.ShouldBe(2);
        (await RunAsync("key", "create", "--workspace", Workspace, "--service", "--person", "ada")).Code.ShouldBe(2);

        (await JsonAsync("key", "create", "--workspace", Workspace, "--service", "--name", "dashboard", "--scopes", "read")).GetProperty("service").GetBoolean().ShouldBeTrue();
        (await JsonAsync("member", "list")).GetProperty("members").EnumerateArray().Select(member => member.GetProperty("name").GetString()).ShouldBe(["ada"]);
    }

    [Fact]
    public async Task A_key_is_changed_and_rotated()
    {
        var prefix = (await JsonAsync("key", "create", "--workspace", Workspace, "--name", "old name")).GetProperty("prefix").GetString()!;
        (await RunAsync("key", "set", prefix)).Code.ShouldBe(2);
        (await RunAsync("key", "set", prefix, "--name", "fleet", "--expires", "2099-01-01")).Output.ShouldContain("called \"fleet\"");
        (await JsonAsync("key", "set", prefix, "--expires", "never")).GetProperty("expires_at").ValueKind.ShouldBe(JsonValueKind.Null);
        (await FailAsync("key", "set", prefix, "--expires", "2020-01-01")).ShouldContain("past");

        (await RunAsync("key", "rotate", prefix, "--overlap", "1000")).Code.ShouldBe(2);
        var rotated = await JsonAsync("key", "rotate", prefix, "--overlap", "48");
        rotated.GetProperty("new").GetProperty("name").GetString().ShouldBe("fleet");
        rotated.GetProperty("new").GetProperty("key").GetString().ShouldStartWith("budi_");
        rotated.GetProperty("old").GetProperty("state").GetString().ShouldBe("rotating");
        (await FailAsync("key", "rotate", prefix)).ShouldContain("takes the place");
    }

    [Fact]
    public async Task A_key_is_taken_over_from_standard_input_or_by_its_hash_and_never_as_an_argument()
    {
        var (typed, hashed) = (ApiKeyText.Generate().Text, ApiKeyText.Generate().Text);
        var imported = await RunAsync(typed + "\n", ["key", "import", "--workspace", Workspace, "--person", "ada", "--stdin", "--name", "typed"]);
        imported.Code.ShouldBe(0, imported.Error);
        imported.Output.ShouldContain(typed[..13]);
        imported.Output.ShouldNotContain(typed);

        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(hashed)));
        (await JsonAsync("key", "import", "--workspace", Workspace, "--person", "ada", "--sha256", hash, "--prefix", hashed[..13])).GetProperty("prefix").GetString().ShouldBe(hashed[..13]);
        (await FailAsync("key", "import", "--workspace", Workspace, "--person", "bob", "--sha256", hash)).ShouldContain("knows this key already");
        (await RunAsync("key", "import", "--workspace", Workspace, "--person", "ada")).Code.ShouldBe(2);
        (await RunAsync("budi_short\n", ["key", "import", "--workspace", Workspace, "--stdin"])).Error.ShouldContain("24 to 256");
        // Refused or not, nobody was left behind by what failed.
        (await JsonAsync("member", "list")).GetProperty("members").EnumerateArray().Select(member => member.GetProperty("name").GetString()).ShouldBe(["ada"]);
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync([.. arguments, "--format", "json"]);
        code.ShouldBe(0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        code.ShouldBe(1, output + error);
        return error;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync("", arguments);

    private Task<(int Code, string Output, string Error)> RunAsync(string typed, string[] arguments) =>
        OperatorRun.RunAsync(typed, [KeyValuePair.Create("ConnectionStrings:Ingest", (string?)_database.ConnectionString)], arguments);
}

using System.Text.Json;
using Ingest.Testing.Postgres;

namespace Ingest.Api.Tests.Operator;

/// <summary>The verbs as a person runs them, each test on a database of its own.</summary>
public sealed class OperatorCommandTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_workspace_and_a_key_are_made_and_the_key_is_shown_once()
    {
        var workspace = (await JsonAsync("workspace", "create", "--name", "Größe \"A\"")).GetProperty("workspace_id").GetString()!;
        workspace.ShouldStartWith("ws_");

        var (code, text, _) = await RunAsync("key", "create", "--workspace", workspace, "--person", "ada", "--role", "manager");
        code.ShouldBe(0);
        text.ShouldContain("A key for ada (manager) in " + workspace);
        text.ShouldContain("only time it is shown");
        var key = text.Split('\n').Select(line => line.Trim()).Single(line => line.StartsWith("budi_", StringComparison.Ordinal));

        var list = await RunAsync("key", "list", "--workspace", workspace);
        list.Output.ShouldContain(key[..13] + "…");
        list.Output.ShouldContain("active");
        list.Output.ShouldNotContain(key);
    }

    [Fact]
    public async Task A_revoked_key_is_listed_as_revoked_and_revoking_again_says_so()
    {
        await JsonAsync("workspace", "create", "--name", "revoking", "--id", "ws_revoking");
        var prefix = (await JsonAsync("key", "create", "--workspace", "ws_revoking")).GetProperty("prefix").GetString()!;
        (await RunAsync("key", "revoke", prefix)).Output.ShouldContain("is revoked");
        (await JsonAsync("key", "revoke", prefix)).GetProperty("already_revoked").GetBoolean().ShouldBeTrue();
        var listed = (await JsonAsync("key", "list", "--workspace", "ws_revoking")).GetProperty("keys")[0];
        listed.GetProperty("revoked_at").ValueKind.ShouldBe(JsonValueKind.String);
        listed.GetProperty("role").GetString().ShouldBe("member");
    }

    [Fact]
    public async Task Whose_envelopes_are_complete_by_day_is_set_with_the_key_or_later()
    {
        await JsonAsync("workspace", "create", "--name", "complete", "--id", "ws_complete");
        var made = await JsonAsync("key", "create", "--workspace", "ws_complete", "--complete-by", "day");
        made.GetProperty("complete_by").GetString().ShouldBe("day");
        var prefix = made.GetProperty("prefix").GetString()!;
        (await RunAsync("key", "set", prefix, "--complete-by", "row")).Output.ShouldContain("complete by row from now on");
        (await JsonAsync("key", "set", prefix, "--complete-by", "row")).GetProperty("changed").GetBoolean().ShouldBeFalse();
        (await JsonAsync("key", "create", "--workspace", "ws_complete")).GetProperty("complete_by").GetString().ShouldBe("auto");
        (await JsonAsync("key", "list", "--workspace", "ws_complete")).GetProperty("keys").EnumerateArray()
            .Select(key => key.GetProperty("complete_by").GetString()).ShouldBe(["row", "auto"]);

        await RunAsync("key", "revoke", prefix);
        (await RunAsync("key", "set", prefix, "--complete-by", "day")).Error.ShouldContain("was revoked");
    }

    [Fact]
    public async Task With_a_public_address_a_key_comes_with_the_whole_cloud_toml()
    {
        await JsonAsync("workspace", "create", "--name", "toml", "--id", "ws_toml");
        var made = await JsonAsync([KeyValuePair.Create("PublicUrl", (string?)"https://ingest.example.com/")], "key", "create", "--workspace", "ws_toml");
        var file = made.GetProperty("cloud_toml").GetString()!;
        file.ShouldContain("[cloud]\nenabled = true\nendpoint = \"https://ingest.example.com\"\nworkspace_id = \"ws_toml\"\n");
        file.ShouldContain($"api_key = \"{made.GetProperty("key").GetString()}\"\n");
        file.ShouldMatch("device_id = \"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\"");
        file.ShouldContain("[cloud.sync]\ninterval_seconds = 300\nretry_max_seconds = 300");
        (await JsonAsync("key", "create", "--workspace", "ws_toml")).TryGetProperty("cloud_toml", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Maintenance_is_switched_on_and_off()
    {
        (await JsonAsync("maintenance", "on")).GetProperty("on").GetBoolean().ShouldBeTrue();
        (await JsonAsync("maintenance", "on")).GetProperty("changed").GetBoolean().ShouldBeFalse();
        (await RunAsync("maintenance", "off")).Output.ShouldContain("Maintenance is off");
    }

    [Fact]
    public async Task Migrating_again_has_nothing_to_do() =>
        (await JsonAsync("migrate")).GetProperty("applied").GetArrayLength().ShouldBe(0);

    [Theory]
    [InlineData("workspace", "create", "--name", "x", "--id", "no spaces")]
    [InlineData("key", "create", "--workspace", "ws_nobody")]
    [InlineData("key", "revoke", "budi_nobodys")]
    [InlineData("key", "list", "--workspace", "ws_nobody")]
    public async Task What_cannot_be_done_ends_with_1_and_a_reason(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        code.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldStartWith("ingest: ");
        error.ShouldNotContain("   at ");

        var (_, none, json) = await RunAsync([.. arguments, "--format", "json"]);
        none.ShouldBeEmpty();
        JsonDocument.Parse(json).RootElement.GetProperty("error").GetString().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Without_a_connection_string_verbs_start_the_embedded_cluster_and_stop_it_again()
    {
        Assert.SkipUnless((await TestPostgres.ServerAsync()).Rung.Contains("local binaries"), "There are no local binaries to start a cluster from.");
        var folder = Path.Combine(Path.GetTempPath(), $"ingest-verbs-{Guid.NewGuid():N}"[..24]);
        KeyValuePair<string, string?>[] embedded = [KeyValuePair.Create("Embedded:DataDirectory", (string?)folder)];
        try
        {
            var early = await OperatorRun.RunAsync(embedded, "key", "list");
            early.Code.ShouldBe(1);
            early.Error.ShouldContain("migrate");
            (await OperatorRun.RunAsync(embedded, "migrate")).Output.ShouldContain("Applied 0001_initial");
            (await OperatorRun.RunAsync(embedded, "workspace", "create", "--name", "kept", "--id", "ws_kept")).Code.ShouldBe(0);
            (await OperatorRun.RunAsync(embedded, "key", "create", "--workspace", "ws_kept")).Code.ShouldBe(0);
            File.Exists(Path.Combine(folder, "postgres", "postmaster.pid")).ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_database_that_is_away_ends_with_1_and_keeps_the_password_to_itself()
    {
        var (code, _, error) = await RunAsync(
            [KeyValuePair.Create("ConnectionStrings:Ingest", (string?)"Host=127.0.0.1;Port=1;Username=u;Password=hunter2;Timeout=2")], "key", "list");
        code.ShouldBe(1);
        error.ShouldStartWith("ingest: The database could not be asked");
        error.ShouldNotContain("hunter2");
    }

    private Task<JsonElement> JsonAsync(params string[] arguments) => JsonAsync([], arguments);

    private async Task<JsonElement> JsonAsync(KeyValuePair<string, string?>[] settings, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(settings, [.. arguments, "--format", "json"]);
        code.ShouldBe(0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private Task<(int Code, string Output, string Error)> RunAsync(KeyValuePair<string, string?>[] settings, params string[] arguments) =>
        OperatorRun.RunAsync([KeyValuePair.Create("ConnectionStrings:Ingest", (string?)_database.ConnectionString), .. settings], arguments);
}

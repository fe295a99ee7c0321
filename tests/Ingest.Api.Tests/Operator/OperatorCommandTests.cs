using System.Text.Json;
using Ingest.Api.Operator;
using Ingest.Persistence.Cluster;
using Microsoft.Extensions.Configuration;

namespace Ingest.Api.Tests.Operator;

/// <summary>The verbs as a person runs them, on an embedded cluster that is running beside them.</summary>
public sealed class OperatorCommandTests(OperatorCommandTests.RunningCluster cluster) : IClassFixture<OperatorCommandTests.RunningCluster>
{
    [Fact]
    public async Task A_workspace_and_a_key_are_made_and_the_key_is_shown_once()
    {
        var workspace = (await JsonAsync("workspace", "create", "--name", "Größe \"A\"")).GetProperty("workspace_id").GetString()!;
        workspace.ShouldStartWith("ws_");

        var (code, text, _) = await RunAsync("key", "create", "--workspace", workspace, "--name", "ada", "--role", "manager");
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

    [Theory]
    [InlineData("worspace", "create")]
    [InlineData("workspace", "create")]
    [InlineData("key", "create", "--workspace", "ws_a", "--role", "king")]
    [InlineData("key")]
    [InlineData("migrate", "--forman", "json")]
    [InlineData("serve", "nonsense")]
    [InlineData("--ulrs", "http://127.0.0.1:1")]
    [InlineData("--urls")]
    [InlineData("--Limits:RequestPerMinute", "5")]
    public async Task A_command_line_that_is_wrong_ends_with_2_and_starts_nothing(params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        code.ShouldBe(2);
        error.ShouldStartWith("ingest: ");
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_wrong_setting_ends_with_2_and_a_line_for_each()
    {
        var (code, _, error) = await RunAsync(
            [KeyValuePair.Create("Limits:BodyBytes", (string?)"abc"), KeyValuePair.Create("Watermark:GraceDays", (string?)"99")], "key", "list");
        code.ShouldBe(2);
        error.TrimEnd().Split('\n').Length.ShouldBe(2);
        error.ShouldContain("'abc'");
        error.ShouldContain("'99'");
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

    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("--urls http://127.0.0.1:0")]
    [InlineData("serve --urls=http://127.0.0.1:0 --Limits:BodyBytes 5000 --Logging:LogLevel:Default Debug")]
    public async Task No_verb_serves_and_the_host_gets_its_options_untouched(string line)
    {
        var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[]? got = null;
        var command = new OperatorCommand(TextWriter.Null, TextWriter.Null);
        (await command.RunAsync(arguments, given =>
        {
            got = given;
            return Task.FromResult(7);
        })).ShouldBe(7);
        got.ShouldBe(arguments.Where(argument => argument != "serve"));
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
        cluster.RunAsync(settings, arguments);

    public sealed class RunningCluster : IAsyncLifetime
    {
        private readonly string _directory = Path.Combine(Path.GetTempPath(), $"ingest-verbs-{Guid.NewGuid():N}");
        private LocalCluster? _cluster;

        public async ValueTask InitializeAsync()
        {
            _cluster = await LocalCluster.StartAsync(new ClusterOptions(_directory) { Durable = false });
            (await RunAsync([], "migrate")).Code.ShouldBe(0);
        }

        public async ValueTask DisposeAsync()
        {
            if (_cluster is not null)
                await _cluster.DisposeAsync();
            Directory.Delete(_directory, recursive: true);
        }

        public async Task<(int Code, string Output, string Error)> RunAsync(KeyValuePair<string, string?>[] settings, params string[] arguments)
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection([KeyValuePair.Create("Embedded:DataDirectory", (string?)_directory)])
                .AddInMemoryCollection(settings)
                .Build();
            var code = await new OperatorCommand(output, error, configuration).RunAsync(
                arguments, _ => throw new InvalidOperationException("Nothing here serves."));
            return (code, output.ToString(), error.ToString());
        }
    }
}

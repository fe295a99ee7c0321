using Ingest.Api.Operator;
using Ingest.Api.Startup;

namespace Ingest.Api.Tests.Operator;

/// <summary>What the command line accepts, before anything is opened.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("worspace", "create")]
    [InlineData("workspace", "create")]
    [InlineData("key", "create", "--workspace", "ws_a", "--role", "king")]
    [InlineData("key")]
    [InlineData("key", "create", "--workspace", "ws_a", "--complete-by", "week")]
    [InlineData("key", "set", "budi_12345678")]
    [InlineData("device", "rewind")]
    [InlineData("device", "rewind", "dev_a", "--all")]
    [InlineData("device", "rewind", "dev_a", "--from", "yesterday")]
    [InlineData("device", "rewind", "dev_a", "--from", "9998-01-01")]
    [InlineData("migrate", "--forman", "json")]
    [InlineData("serve", "nonsense")]
    [InlineData("--ulrs", "http://127.0.0.1:1")]
    [InlineData("--urls")]
    [InlineData("--Limits:RequestPerMinute", "5")]
    public async Task A_command_line_that_is_wrong_ends_with_2_and_starts_nothing(params string[] arguments)
    {
        var (code, _, error) = await OperatorRun.RunAsync([], arguments);
        code.ShouldBe(2);
        error.ShouldStartWith("ingest: ");
        error.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("There is no verb \"keys\", only serve, migrate, workspace, member, key, device, enrolment, invite, audit, sign-in-link, maintenance, backup, restore, doctor.", "keys")]
    [InlineData("There is no verb \"key make\", only key create, import, set, rotate, revoke, list.", "key", "make")]
    [InlineData("\"maintenance\" wants one more word: on, off.", "maintenance")]
    [InlineData("'member'", "key", "create", "--workspace", "ws_a", "--role", "king")]
    [InlineData("'json'", "key", "list", "--format", "yaml")]
    public async Task What_would_have_been_right_is_named(string words, params string[] arguments)
    {
        var (_, _, error) = await OperatorRun.RunAsync([], arguments);
        error.ShouldContain(words);
        error.ShouldNotContain("Ingest.");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:8080;ftp")]
    public async Task An_address_that_is_none_starts_no_database(string urls)
    {
        using var error = new StringWriter();
        (await new OperatorCommand(TextWriter.Null, error).RunAsync(["--urls", urls], IngestServer.RunAsync)).ShouldBe(2);
        error.ToString().ShouldStartWith("ingest: Urls cannot be ");
    }

    [Fact]
    public async Task A_wrong_setting_ends_with_2_and_a_line_for_each()
    {
        var (code, _, error) = await OperatorRun.RunAsync(
            [KeyValuePair.Create("Limits:BodyBytes", (string?)"abc"), KeyValuePair.Create("Watermark:GraceDays", (string?)"99")], "key", "list");
        code.ShouldBe(2);
        error.TrimEnd().Split('\n').Length.ShouldBe(2);
        error.ShouldContain("'abc'");
        error.ShouldContain("'99'");
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
}

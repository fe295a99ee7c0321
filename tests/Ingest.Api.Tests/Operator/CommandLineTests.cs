using Ingest.Api.Operator;

namespace Ingest.Api.Tests.Operator;

/// <summary>What the command line accepts, before anything is opened.</summary>
public sealed class CommandLineTests
{
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
        var (code, _, error) = await OperatorRun.RunAsync([], arguments);
        code.ShouldBe(2);
        error.ShouldStartWith("ingest: ");
        error.ShouldNotContain("   at ");
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

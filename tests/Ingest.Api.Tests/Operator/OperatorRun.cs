using Ingest.Api.Operator;
using Microsoft.Extensions.Configuration;

namespace Ingest.Api.Tests.Operator;

/// <summary>One run of the command line with settings of its own, and what it left behind.</summary>
internal static class OperatorRun
{
    public static Task<(int Code, string Output, string Error)> RunAsync(KeyValuePair<string, string?>[] settings, params string[] arguments) => RunAsync("", settings, arguments);

    public static async Task<(int Code, string Output, string Error)> RunAsync(string typed, KeyValuePair<string, string?>[] settings, params string[] arguments)
    {
        using var input = new StringReader(typed);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var configuration = new ConfigurationBuilder();
        foreach (var setting in settings)
            configuration.AddInMemoryCollection([setting]);
        var code = await new OperatorCommand(output, error, configuration.Build(), input: input).RunAsync(
            arguments, _ => throw new InvalidOperationException("Nothing here serves."));
        return (code, output.ToString(), error.ToString());
    }
}

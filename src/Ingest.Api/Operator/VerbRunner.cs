using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ingest.Api.Configuration;

namespace Ingest.Api.Operator;

/// <summary>How every verb runs: on the configured database, answered as text for people or JSON for scripts.</summary>
internal sealed class VerbRunner(TextReader input, TextWriter output, IConfiguration? configured, TimeProvider time)
{
    public static readonly OperatorJson Json = new(new JsonSerializerOptions(OperatorJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public TimeProvider Time => time;

    /// <summary>Where secrets come from: an argument would stand in the list of processes.</summary>
    public TextReader Input => input;

    public Option<OutputFormat> Format { get; } = MakeFormat();

    public IngestSettings ReadSettings() => Settings.Read(configured ?? ServiceHost.CreateBuilder().Configuration);

    /// <param name="command">The verb.</param>
    /// <param name="act">What it does.</param>
    /// <param name="json">Its answer for scripts.</param>
    /// <param name="text">Its answer for people.</param>
    public void Set<T>(Command command, Func<ParseResult, OperatorSession, CancellationToken, Task<T>> act, JsonTypeInfo<T> json, Func<T, string> text) =>
        command.SetAction(async (parse, cancellation) =>
        {
            await using var session = await OperatorSession.OpenAsync(ReadSettings(), time, cancellation);
            await WriteAsync(parse, await act(parse, session, cancellation), json, text);
            return ExitCode.Done;
        });

    public Task WriteAsync<T>(ParseResult parse, T answer, JsonTypeInfo<T> json, Func<T, string> text) =>
        output.WriteLineAsync(parse.GetValue(Format) == OutputFormat.Json ? JsonSerializer.Serialize(answer, json) : text(answer));

    private static Option<OutputFormat> MakeFormat()
    {
        var format = new Option<OutputFormat>("--format")
        {
            Description = "How to answer: text for people, json for scripts.",
            HelpName = "text|json",
            Recursive = true,
        };
        format.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "text", "json");
        return format;
    }
}

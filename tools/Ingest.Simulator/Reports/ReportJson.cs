using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Reports;

/// <summary>Results for scripts.</summary>
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(AblationResult))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    private static readonly ReportJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Of(RunResult result) => JsonSerializer.Serialize(result, Readable.RunResult);

    public static string Of(AblationResult result) => JsonSerializer.Serialize(result, Readable.AblationResult);
}

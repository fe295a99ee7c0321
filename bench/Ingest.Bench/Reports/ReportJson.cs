using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Bench.Reports;

/// <summary>A report for programs: every round of it.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Of(Report report) => JsonSerializer.Serialize(
        new
        {
            report.Machine,
            Rounds = report.Options.Rounds,
            Seconds = report.Options.Duration.TotalSeconds,
            report.Options.Devices,
            report.Options.Connections,
            Quick = report.Options.IsQuick,
            report.IsAsExpected,
            Scenarios = report.Results,
            report.Requirements,
        },
        Options);
}

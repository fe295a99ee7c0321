using System.Text;
using System.Text.Json;

namespace Ingest.Simulator.Daemon;

/// <summary>An answer as the daemon takes it.</summary>
/// <param name="Watermark">The day to store, verbatim; null leaves the stored one.</param>
/// <param name="RowsChanged">What the server says it changed: no daemon reads it, the report does.</param>
/// <param name="Mismatch">How the daemon explains a 422 to its user.</param>
internal sealed record SyncAnswer(SyncOutcome Outcome, string? Watermark = null, long? RowsChanged = null, SchemaMismatch? Mismatch = null)
{
    public static SyncAnswer NoAnswer { get; } = new(SyncOutcome.Transient);

    public static SyncAnswer Of(int status, ReadOnlyMemory<byte> body) => status switch
    {
        >= 200 and < 300 => Accepted(body),
        401 => new SyncAnswer(SyncOutcome.AuthFailure),
        422 => new SyncAnswer(SyncOutcome.SchemaMismatch, Mismatch: SchemaMismatchText.Read(Encoding.UTF8.GetString(body.Span))),
        _ => NoAnswer,
    };

    private static SyncAnswer Accepted(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return NoAnswer;
            if (!root.TryGetProperty("accepted", out var accepted) || accepted.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return NoAnswer;
            if (root.TryGetProperty("watermark", out var watermark) && watermark.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return NoAnswer;
            long? changed = root.TryGetProperty("rows", out var rows) && rows.ValueKind == JsonValueKind.Object
                && rows.TryGetProperty("changed", out var number) && number.TryGetInt64(out var value) ? value : null;
            return new SyncAnswer(SyncOutcome.Success, watermark.ValueKind == JsonValueKind.String ? watermark.GetString() : null, changed);
        }
        catch (JsonException)
        {
            return NoAnswer;
        }
    }
}

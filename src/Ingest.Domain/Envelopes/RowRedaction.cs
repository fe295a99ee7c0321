using System.Buffers;
using System.Text.Json;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// What is kept of a rejected row: the contract's fields with their scalar values, byte for byte. A field the contract does not
/// know, or an object where a scalar belongs, may carry content that must not be stored (P9).
/// </summary>
internal static class RowRedaction
{
    private const int QuotedNumberBytes = 32;

    public static byte[] Reduce(RowKind kind, ReadOnlySpan<byte> row)
    {
        var json = new JsonTokens(row);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return EmptyOf(json.TokenType).ToArray();

        var fields = RowFields.Of(kind);
        var kept = new ArrayBufferWriter<byte>(Math.Min(row.Length, EnvelopeLimits.QuarantinedRowBytes));
        kept.Write("{"u8);
        var next = 0;
        while (fields.ReadName(ref json, ref next, out var field))
        {
            json.ReadValue();
            if (field >= 0) Keep(kept, fields, field, ref json);
            json.Skip();
        }

        kept.Write("}"u8);
        return kept.WrittenSpan.ToArray();
    }

    private static void Keep(ArrayBufferWriter<byte> kept, RowFields fields, int field, ref JsonTokens json)
    {
        var name = fields.Utf8(field);
        var quoted = json.TokenType == JsonTokenType.String;
        var isScalar = json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);

        // A long text where a number belongs is no number in quotes; nobody knows what it is.
        var isKept = isScalar && (!quoted || fields.HoldsText(field) || json.ValueSpan.Length <= QuotedNumberBytes);
        var value = isKept ? json.ValueSpan : isScalar ? [] : EmptyOf(json.TokenType);
        var room = EnvelopeLimits.QuarantinedRowBytes - kept.WrittenCount - 1;
        if (name.Length + value.Length + 6 > room) return;
        if (kept.WrittenCount > 1) kept.Write(","u8);
        kept.Write("\""u8);
        kept.Write(name);
        kept.Write("\":"u8);
        if (quoted) kept.Write("\""u8);
        kept.Write(value);
        if (quoted) kept.Write("\""u8);
    }

    private static ReadOnlySpan<byte> EmptyOf(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "{}"u8,
        JsonTokenType.StartArray => "[]"u8,
        JsonTokenType.String => "\"\""u8,
        JsonTokenType.Number => "0"u8,
        JsonTokenType.True or JsonTokenType.False => "false"u8,
        _ => "null"u8,
    };
}

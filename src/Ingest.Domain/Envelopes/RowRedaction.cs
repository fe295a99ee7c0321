using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ingest.Domain.Privacy;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// What is kept of a rejected row: the contract's fields with their scalar values, byte for byte. A field the contract does not
/// know, or an object where a scalar belongs, may carry content that must not be stored (P9); and a text that looks private is redacted
/// here as it is in a good row, whatever else is wrong with it.
/// </summary>
internal static class RowRedaction
{
    private const int QuotedNumberBytes = 32;

    public static byte[] Reduce(RowKind kind, ReadOnlySpan<byte> row, FreeTextPolicy freeText)
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
            if (field >= 0) Keep(kept, fields, field, in json, freeText);
            json.Skip();
        }

        kept.Write("}"u8);
        return kept.WrittenSpan.ToArray();
    }

    private static void Keep(ArrayBufferWriter<byte> kept, RowFields fields, int field, in JsonTokens json, FreeTextPolicy freeText)
    {
        var name = fields.Utf8(field);
        var quoted = json.TokenType == JsonTokenType.String;
        var isScalar = json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);

        // A long text where a number belongs is no number in quotes; nobody knows what it is.
        var isKept = isScalar && (!quoted || fields.HoldsText(field) || json.ValueSpan.Length <= QuotedNumberBytes);
        var value = isKept ? json.ValueSpan : isScalar ? [] : EmptyOf(json.TokenType);
        if (quoted && isKept && freeText != FreeTextPolicy.Keep && RedactionOf(value, fields[field]) is { } redacted) value = redacted;
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

    /// <returns>Null where there is nothing to hide.</returns>
    private static byte[]? RedactionOf(ReadOnlySpan<byte> value, string field)
    {
        // An escape, which may hide the signs of both, has a backslash.
        if (value.IndexOfAny("/\\@"u8) < 0) return null;
        var text = Unescape(Encoding.UTF8.GetString(value));
        var isSentence = field == "title";
        var looks = PrivateText.KindOf(text, isSentence);
        if (looks == PrivateKind.None) return null;
        return Encoding.UTF8.GetBytes(isSentence ? PrivateText.Redact(looks) : PrivateText.RedactKey(looks, text));
    }

    /// <summary>Like <see cref="JsonTokens.Unescape"/>, but of any text: one that cannot be stored may hide a path as well.</summary>
    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal)) return value;
        var text = new StringBuilder(value.Length);
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] != '\\')
            {
                text.Append(value[at]);
                continue;
            }

            at++;
            if (value[at] == 'u')
            {
                text.Append((char)int.Parse(value.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                at += 4;
            }
            else
            {
                text.Append(value[at] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var itself => itself });
            }
        }

        return text.ToString();
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

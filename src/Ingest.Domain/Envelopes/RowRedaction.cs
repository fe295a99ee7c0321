using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// What is kept of a rejected row: the contract's fields with their scalar values, byte for byte. A field the contract does not
/// know, or an object where a scalar belongs, may carry content that must not be stored (P9).
/// </summary>
internal static class RowRedaction
{
    public static byte[] Reduce(RowKind kind, ReadOnlySpan<byte> row)
    {
        var json = new Utf8JsonReader(row);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return EmptyOf(json.TokenType).ToArray();

        var fields = RowFields.Of(kind);
        var kept = new ArrayBufferWriter<byte>(Math.Min(row.Length, EnvelopeLimits.QuarantinedRowBytes));
        kept.Write("{"u8);
        var next = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = fields.Find(ref json, ref next);
            json.Read();
            if (field >= 0) Keep(kept, fields.Utf8(field), ref json);
            json.Skip();
        }

        kept.Write("}"u8);
        return kept.WrittenSpan.ToArray();
    }

    /// <summary>Sixteen bytes of SHA-256 over the kind and the parts, as an identifier.</summary>
    public static Guid Identify(RowKind kind, params ReadOnlySpan<string> key)
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write<byte>([(byte)kind, 0]);
        foreach (var part in key)
        {
            text.Write(System.Text.Encoding.UTF8.GetBytes(part));
            text.Write<byte>([0]);
        }

        return Identify(text.WrittenSpan);
    }

    /// <summary>The same, of a row whose key cannot be read: over what stands in the fields of the key, whatever it is.</summary>
    /// <param name="raw">The row as it is kept.</param>
    /// <param name="place">Tells rows apart that say the same there.</param>
    public static Guid IdentifyUnreadable(RowKind kind, ReadOnlySpan<byte> raw, int place)
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write<byte>([(byte)kind, 1]);
        text.Write(BitConverter.GetBytes(place));
        var json = new Utf8JsonReader(raw);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            text.Write(raw);
            return Identify(text.WrittenSpan);
        }

        var fields = RowFields.Of(kind);
        var next = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = fields.Find(ref json, ref next);
            json.Read();
            if (fields.IsOfKey(field))
            {
                text.Write<byte>([(byte)field, (byte)json.TokenType]);
                text.Write(json.ValueSpan);
                text.Write<byte>([0]);
            }

            json.Skip();
        }

        return Identify(text.WrittenSpan);
    }

    private static Guid Identify(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static void Keep(ArrayBufferWriter<byte> kept, ReadOnlySpan<byte> name, ref Utf8JsonReader json)
    {
        var quoted = json.TokenType == JsonTokenType.String;
        var value = json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? EmptyOf(json.TokenType) : json.ValueSpan;
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

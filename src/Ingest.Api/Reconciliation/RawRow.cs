using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Ingest.Api.Reconciliation;

/// <summary>
/// JSON as it is kept: read and written anew it would not be the row that was sent. Only what no client could read is replaced by U+FFFD, bytes
/// that are not UTF-8 and halves of surrogate pairs: one bad row would otherwise make the whole answer unreadable.
/// </summary>
internal readonly partial record struct RawRow(ReadOnlyMemory<byte> Json)
{
    [GeneratedRegex(
        @"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escapes();

    internal sealed class Converter : JsonConverter<RawRow>
    {
        public override RawRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RawRow value, JsonSerializerOptions options) => writer.WriteRawValue(
            Escapes().Replace(Encoding.UTF8.GetString(value.Json.Span), static escape => escape.Groups["half"].Success ? @"\ufffd" : escape.Value));
    }
}

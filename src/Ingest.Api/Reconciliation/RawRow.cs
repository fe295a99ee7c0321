using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Api.Reconciliation;

/// <summary>JSON as it is kept: read into values and written again it could fail, since a bad row may hold half of a surrogate pair.</summary>
internal readonly record struct RawRow(ReadOnlyMemory<byte> Json)
{
    internal sealed class Converter : JsonConverter<RawRow>
    {
        public override RawRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        // By way of text: bytes that are not UTF-8 become replacement characters, and the answer stays readable.
        public override void Write(Utf8JsonWriter writer, RawRow value, JsonSerializerOptions options) =>
            writer.WriteRawValue(Encoding.UTF8.GetString(value.Json.Span));
    }
}

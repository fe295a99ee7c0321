using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Api.Quarantine;

/// <summary>JSON that is passed on as it was sent. Read into values and written again it could fail: a bad row may hold half of a surrogate pair.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Text)
{
    internal sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("It is only ever sent.");

        // Through text: bytes that are not UTF-8 become replacement characters, and the answer stays readable for every client.
        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(Encoding.UTF8.GetString(value.Text.Span));
    }
}

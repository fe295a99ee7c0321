using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Api.Reconciliation;

/// <summary>
/// JSON as it is kept: read and written anew it would not be the row that was sent, or fail, since a bad row may hold half of a surrogate pair.
/// </summary>
internal readonly record struct RawRow(ReadOnlyMemory<byte> Json)
{
    internal sealed class Converter : JsonConverter<RawRow>
    {
        public override RawRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        // Through text: bytes that are not UTF-8 become replacement characters, since an answer must be UTF-8.
        public override void Write(Utf8JsonWriter writer, RawRow value, JsonSerializerOptions options) =>
            writer.WriteRawValue(Encoding.UTF8.GetString(value.Json.Span));
    }
}

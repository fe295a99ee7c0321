using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Api.Reconciliation;

/// <summary>JSON as it is kept, byte for byte: read and written anew it would not be the row that was sent.</summary>
internal readonly record struct RawRow(ReadOnlyMemory<byte> Json)
{
    internal sealed class Converter : JsonConverter<RawRow>
    {
        public override RawRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RawRow value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json.Span);
    }
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ingest.Testing.Envelopes;

/// <summary>Values as a daemon's serializer writes them: text unescaped where JSON allows it, doubles with a point, instants with an offset.</summary>
internal static class WireText
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string? text) => text is null ? "null" : JsonSerializer.Serialize(text, Unescaped);

    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(decimal number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }

    public static string Of(DateOnly day) => Of(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public static string Of(DateTimeOffset? instant) =>
        instant is { } at ? Of(at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture)) : "null";
}

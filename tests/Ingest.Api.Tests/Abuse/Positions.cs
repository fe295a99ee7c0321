using System.Text;
using System.Text.Json;

namespace Ingest.Api.Tests.Abuse;

/// <summary>Every position of a JSON text, and the text with something else in its place.</summary>
internal static class Positions
{
    /// <summary>Every JSON type, and of each what is at an edge.</summary>
    public static IReadOnlyList<string> Tokens { get; } =
    [
        "null", "true", "false", "0", "-0", "-1", "1.5", "1e400", "-1e400", "1e-400", "9223372036854775808", "-9223372036854775809", new('9', 400), "0." + new string('0', 400) + "1", "1E+2",
        "\"\"", "\" \"", "\"text\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"2026-02-30\"", "\"9999-12-31\"", "\"2026-05-14T18:30:00+99:99\"", "\"" + new string('x', 70_000) + "\"",
        "[]", "[null]", "[[[]]]", "{}", "{\"a\":1}", "{\"a\":{\"b\":[{}]}}", Nested("[", "]", 100), Nested("{\"a\":", "}", 100, "1"),
    ];

    public static string Nested(string open, string close, int depth, string inside = "") => string.Concat(Enumerable.Repeat(open, depth)) + inside + string.Concat(Enumerable.Repeat(close, depth));

    /// <summary>The whole text once for each position and each token, once with each member twice, and once without it.</summary>
    public static IEnumerable<(string What, byte[] Body)> Of(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        foreach (var (from, to, name) in Values(bytes))
        {
            foreach (var token in Tokens) yield return ($"{Shown(bytes, name ?? from, to)} as {(token.Length > 40 ? token[..40] + "…" : token)}", [.. bytes[..from], .. Encoding.UTF8.GetBytes(token), .. bytes[to..]]);
            if (name is not { } start) continue;
            yield return ($"{Shown(bytes, start, to)} twice", [.. bytes[..to], (byte)',', .. bytes[start..to], .. bytes[to..]]);
            yield return ($"{Shown(bytes, start, to)} under another name", [.. bytes[..(start + 1)], (byte)'_', .. bytes[(start + 1)..]]);
        }
    }

    /// <summary>Where each value stands, and its name where it has one.</summary>
    private static List<(int From, int To, int? Name)> Values(ReadOnlySpan<byte> json)
    {
        var values = new List<(int, int, int?)>();
        var reader = new Utf8JsonReader(json);
        int? name = null;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = (int)reader.TokenStartIndex;
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject) continue;
            var end = reader;
            end.Skip();
            values.Add(((int)reader.TokenStartIndex, (int)end.BytesConsumed, name));
            name = null;
        }

        return values;
    }

    private static string Shown(byte[] json, int from, int to) => Encoding.UTF8.GetString(json, from, Math.Min(to - from, 60));
}

using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

/// <summary>Our tokens against the framework's: the same ones of every text that is JSON, and the same complaint about every other.</summary>
public sealed class JsonTokensTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(10_000);

    /// <summary>What JSON is made of, what it nearly is made of, and bytes that are no UTF-8.</summary>
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "{", "}", "[", "]", ":", ",", "\"", "\\", " ", "\n", "\r\n", "\t", "\v", "\0", "/", "//", "/**/", "\u00a0", "\ufeff",
            "\"a\"", "\"\"", "\"role\"", "\"model\":", "\"mod\\u0065l\" :", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00x\"", "\"\\u12g4\"", "\"\\u12", "\"\\x\"", "\"\\", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
            "\"fifteen bytes..", "\"" + new string('x', 31) + "\"", "\"" + new string('x', 32) + "\"", "\"" + new string('é', 40) + "\\n\"", "\"tab\tin\"", "\"nul\0in\"",
            "true", "false", "null", "tru", "nullx", "True", "NaN", "Infinity",
            "0", "-0", "-", "01", "-01", "1.", ".5", "1.5", "1.e5", "1e5", "1E+5", "1e-5", "1e", "1e+", "+1", "12345678", "123456789012345678901234567890", "0.00005", "1.5.5", "12x", "1_0",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0x80], [(byte)'"', 0xFF, (byte)'"'],
    ];

    [Fact]
    public void Any_bytes_are_the_same_tokens_as_to_the_framework() =>
        Prop.ForAll(Gen.OneOf(AnyBytes(), Assembled(), Json(3).Select(Encoding.UTF8.GetBytes), Damaged()).ToArbitrary(), json =>
        {
            Ours(json).ShouldBe(Theirs(json), Convert.ToBase64String(json));
            return true;
        }).Check(Thorough);

    [Fact]
    public void A_likely_name_is_only_a_hint() =>
        Prop.ForAll(Gen.OneOf(Json(3).Select(Encoding.UTF8.GetBytes), Damaged()).ToArbitrary(), Gen.Elements("a", "role", "model", "modela").ToArbitrary(), (json, likely) =>
        {
            Ours(json, likely).ShouldBe(Theirs(json), Convert.ToBase64String(json));
            return true;
        }).Check(Thorough);

    [Fact]
    public void Skipping_ends_where_the_framework_ends() =>
        Prop.ForAll(Json(4).Select(Encoding.UTF8.GetBytes).ToArbitrary(), Gen.Choose(0, 20).ToArbitrary(), (json, steps) =>
        {
            var ours = new JsonTokens(json);
            var theirs = new Utf8JsonReader(json);
            for (var step = 0; step <= steps; step++)
            {
                if (!theirs.Read()) return true;
                ours.Read();
            }

            if (theirs.TokenType == JsonTokenType.PropertyName)
            {
                theirs.Read();
                ours.ReadValue();
            }

            theirs.Skip();
            ours.Skip();
            (ours.TokenType, ours.BytesConsumed).ShouldBe((theirs.TokenType, (int)theirs.BytesConsumed));
            return true;
        }).Check(Thorough.WithMaxTest(5_000));

    [Theory]
    [InlineData("\"model\"", 5, "model")]
    [InlineData("\"model\"", 0, "model")]
    [InlineData("\"m\\u006fdel\"", 10, "model")]
    [InlineData("\"m\\u006fdel\"", 9, "")]
    [InlineData("\"m\\ud800del\"", 99, "")]
    [InlineData("\"m\\u006fd\u00ffel\"", 99, "")]
    public void A_text_is_unescaped_where_there_is_room_and_it_can_be(string json, int room, string text)
    {
        var tokens = new JsonTokens(Encoding.Latin1.GetBytes(json));
        tokens.Read();
        Text(tokens.UnescapedText(new byte[room])).ShouldBe(text);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Depth_ends_where_the_framework_says(int depth, bool fits)
    {
        var json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":[", depth / 2)) + new string('[', depth % 2) + "1"
            + new string(']', depth % 2) + string.Concat(Enumerable.Repeat("]}", depth / 2)));
        Ours(json).ShouldBe(Theirs(json));
        Ours(json)[^1].StartsWith("broken", StringComparison.Ordinal).ShouldBe(!fits);
    }

    private static List<string> Ours(byte[] json, string? likely = null)
    {
        var told = new List<string>();
        var tokens = new JsonTokens(json);
        var hint = likely is null ? [] : Encoding.UTF8.GetBytes($"\"{likely}\"");
        try
        {
            while (Step(ref tokens, hint))
            {
                told.Add($"{tokens.TokenType} {tokens.TokenStartIndex}-{tokens.BytesConsumed} {tokens.ValueIsEscaped} {Text(tokens.ValueSpan)}{Says(tokens)}");
            }
        }
        catch (JsonException broken)
        {
            told.Add($"broken at {broken.LineNumber}:{broken.BytePositionInLine}");
        }

        return told;
    }

    private static bool Step(ref JsonTokens tokens, byte[] likely)
    {
        if (likely.Length == 0 || !tokens.IsBeforeName) return tokens.Read();
        tokens.ReadName(likely, out var isLikely);
        if (isLikely) tokens.ValueSpan.SequenceEqual(likely.AsSpan(1, likely.Length - 2)).ShouldBeTrue();
        return true;
    }

    private static List<string> Theirs(byte[] json)
    {
        var told = new List<string>();
        var tokens = new Utf8JsonReader(json);
        try
        {
            while (tokens.Read())
            {
                told.Add($"{tokens.TokenType} {tokens.TokenStartIndex}-{tokens.BytesConsumed} {tokens.ValueIsEscaped} {Text(tokens.ValueSpan)}{Says(tokens)}");
            }
        }
        catch (JsonException broken)
        {
            told.Add($"broken at {broken.LineNumber}:{broken.BytePositionInLine}");
        }

        return told;
    }

    /// <summary>What the text says without its escapes. Of one that is no UTF-8 nobody asks.</summary>
    private static string Says(in JsonTokens tokens)
    {
        if (tokens.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !Utf8.IsValid(tokens.ValueSpan)) return "";
        if (!tokens.EscapesArePaired()) return " half a pair";
        var text = new byte[tokens.ValueSpan.Length];
        tokens.UnescapedText(new byte[text.Length]).SequenceEqual(text.AsSpan(0, tokens.Unescape(text))).ShouldBeTrue();
        return " " + Text(text.AsSpan(0, tokens.Unescape(text)));
    }

    private static string Says(in Utf8JsonReader tokens)
    {
        if (tokens.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !Utf8.IsValid(tokens.ValueSpan)) return "";
        try
        {
            var text = new byte[tokens.ValueSpan.Length];
            return " " + Text(text.AsSpan(0, tokens.CopyString(text)));
        }
        catch (InvalidOperationException)
        {
            return " half a pair";
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static Gen<byte[]> AnyBytes() => Gen.Choose(0, 12).SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length));

    private static Gen<byte[]> Assembled() =>
        Gen.Choose(1, 14).SelectMany(length => Gen.Elements(Pieces).ArrayOf(length)).Select(pieces => pieces.SelectMany(piece => piece).ToArray());

    private static Gen<byte[]> Damaged() =>
        from json in Json(3).Select(Encoding.UTF8.GetBytes)
        from at in Gen.Choose(0, json.Length - 1)
        from length in Gen.Choose(0, Math.Min(3, json.Length - at))
        from piece in Gen.Elements(Pieces)
        from cut in Gen.Elements(false, false, true)
        select cut ? json[..at] : [.. json[..at], .. piece, .. json[(at + length)..]];

    /// <summary>JSON of every kind of value, with blanks wherever they may stand.</summary>
    private static Gen<string> Json(int depth)
    {
        var scalar = Gen.OneOf(
            Gen.Elements("true", "false", "null", "\"role\"", "\"\"", "\"x\\n\\u00e9\"", "\"" + new string('y', 40) + "\""),
            NumberTexts.All(),
            Texts.Any(20).Select(text => JsonSerializer.Serialize(text)));
        if (depth == 0) return Blank(scalar);
        var inner = Json(depth - 1);
        var names = Blank(Gen.Elements("\"a\"", "\"role\"", "\"model\"", "\"mod\\u0065l\"", "\"\""));
        var array = Gen.Choose(0, 4).SelectMany(length => inner.ArrayOf(length)).Select(items => "[" + string.Join(',', items) + "]");
        var members = from name in names from value in inner select name + ":" + value;
        var obj = Gen.Choose(0, 4).SelectMany(length => members.ArrayOf(length)).Select(items => "{" + string.Join(',', items) + "}");
        return Blank(Gen.OneOf(scalar, array, obj));
    }

    private static Gen<string> Blank(Gen<string> json) =>
        from before in Gen.Elements("", "", " ", "\n  ", "\r\n\t", new string(' ', 20))
        from text in json
        from behind in Gen.Elements("", "", " ", "\n")
        select before + text + behind;
}

using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using System.Text.Unicode;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// The tokens of a JSON text that is in memory whole: those that <see cref="Utf8JsonReader"/> yields under its strict options, for less,
/// above all where the next name is foreseen. That reader was the largest part of what reading a body cost. Where a text is no JSON it is
/// still the one to say where.
/// </summary>
internal ref struct JsonTokens
{
    /// <summary>One bit of <see cref="_objects"/> a level.</summary>
    private const int MaxDepth = 64;

    private const ulong Blanks = (1UL << ' ') | (1UL << '\t') | (1UL << '\n') | (1UL << '\r');

    private static readonly JsonReaderOptions Strict = new() { CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false, MaxDepth = MaxDepth };

    private readonly ReadOnlySpan<byte> _json;

    /// <summary>Behind the token; behind the colon too, where it is a name.</summary>
    private int _at;

    // Of the value, which for a text is what stands between its quotes.
    private int _start;
    private int _end;

    private int _depth;

    /// <summary>Which of the levels the reader stands in are objects, the innermost in the lowest bit.</summary>
    private ulong _objects;

    private DecimalText _number;

    public JsonTokens(ReadOnlySpan<byte> json) => _json = json;

    public JsonTokenType TokenType { get; private set; }

    /// <summary>What stands there, a text without its quotes and with its escapes.</summary>
    public readonly ReadOnlySpan<byte> ValueSpan => _json[_start.._end];

    /// <summary>The value and all that stands behind it.</summary>
    public readonly ReadOnlySpan<byte> FromValue => _json[_start..];

    public bool ValueIsEscaped { get; private set; }

    /// <summary>The number, where the token is one.</summary>
    public readonly DecimalText Number => _number;

    public readonly int TokenStartIndex => TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? _start - 1 : _start;

    public readonly int BytesConsumed => _at;

    /// <summary>Whether a name, or the end of the object, is what comes next.</summary>
    public readonly bool IsBeforeName => (_objects & 1) != 0 && TokenType != JsonTokenType.PropertyName;

    /// <summary>Steps onto the next token; false behind the last one.</summary>
    /// <exception cref="JsonException">There is none; it says where.</exception>
    public bool Read()
    {
        if (IsBeforeName)
        {
            ReadName([], out _);
            return true;
        }

        if (TokenType is JsonTokenType.PropertyName or JsonTokenType.None)
        {
            ReadValue();
            return true;
        }

        if (_depth == 0)
        {
            if (SkipBlanks(_at) != _json.Length) Fail();
            return false;
        }

        var at = SkipBlanks(_at);
        if (at == _json.Length) Fail();
        if (_json[at] == ']') End(at, JsonTokenType.EndArray);
        else if (TokenType == JsonTokenType.StartArray) Value(at);
        else if (_json[at] == ',') Value(SkipBlanks(at + 1));
        else Fail();
        return true;
    }

    /// <summary>Steps onto the next name of the object the reader stands in; false at the object's end.</summary>
    /// <param name="likely">The name that probably stands there, in its quotes: then one comparison is all it takes.</param>
    /// <param name="isLikely">Whether it does.</param>
    public bool ReadName(ReadOnlySpan<byte> likely, out bool isLikely)
    {
        var json = _json;
        var at = SkipBlanks(_at);
        if ((uint)at >= (uint)json.Length) Fail();
        if (json[at] == ',' && TokenType != JsonTokenType.StartObject)
        {
            at = SkipBlanks(at + 1);
        }
        else if (json[at] == '}')
        {
            isLikely = false;
            End(at, JsonTokenType.EndObject);
            return false;
        }
        else if (TokenType != JsonTokenType.StartObject)
        {
            Fail();
        }

        isLikely = likely.Length > 0 && likely.Length < json.Length - at && likely.SequenceEqual(json.Slice(at, likely.Length));
        if (isLikely)
        {
            ValueIsEscaped = false;
            _start = at + 1;
            at += likely.Length;
            _end = at - 1;
        }
        else
        {
            at = Text(at);
        }

        TokenType = JsonTokenType.PropertyName;
        if ((uint)at >= (uint)json.Length || json[at] != ':')
        {
            at = SkipBlanks(at);
            if (at == json.Length || json[at] != ':') Fail();
        }

        _at = at + 1;
        return true;
    }

    /// <summary>Steps from a name onto its value.</summary>
    public void ReadValue() => Value(SkipBlanks(_at));

    /// <summary>Steps over the object or array that begins here.</summary>
    public void Skip()
    {
        if (TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var outside = _depth - 1;
        while (_depth > outside) Read();
    }

    /// <summary>Whether every escaped surrogate of the text is one of a pair. Looked up beforehand: unescaping half of one throws.</summary>
    public readonly bool EscapesArePaired()
    {
        if (!ValueIsEscaped) return true;
        var raw = ValueSpan;
        for (var at = raw.IndexOf((byte)'\\'); at >= 0 && at < raw.Length;)
        {
            if (raw[at] != '\\')
            {
                var next = raw[at..].IndexOf((byte)'\\');
                if (next < 0) return true;
                at += next;
            }

            if (raw[at + 1] != 'u')
            {
                at += 2;
                continue;
            }

            var unit = HexUnit(raw, at);
            at += 6;
            if (unit is >= 0xDC00 and <= 0xDFFF) return false;
            if (unit is not (>= 0xD800 and <= 0xDBFF)) continue;
            if (at + 6 > raw.Length || !raw[at..].StartsWith("\\u"u8) || HexUnit(raw, at) is not (>= 0xDC00 and <= 0xDFFF)) return false;
            at += 6;
        }

        return true;
    }

    /// <summary>Writes the text without its escapes, which must be paired, and its bytes UTF-8.</summary>
    public readonly int Unescape(Span<byte> text)
    {
        var reader = new Utf8JsonReader(_json[(_start - 1)..(_end + 1)]);
        reader.Read();
        return reader.CopyString(text);
    }

    /// <summary>The text without its escapes; nothing where it cannot be unescaped, or not within <paramref name="buffer"/>.</summary>
    public readonly ReadOnlySpan<byte> UnescapedText(Span<byte> buffer)
    {
        var raw = ValueSpan;
        if (!ValueIsEscaped) return raw;
        return raw.Length <= buffer.Length && EscapesArePaired() && Utf8.IsValid(raw) ? buffer[..Unescape(buffer)] : default;
    }

    private static int HexUnit(ReadOnlySpan<byte> raw, int at) =>
        int.Parse(raw.Slice(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int SkipBlanks(int at)
    {
        var json = _json;
        while ((uint)at < (uint)json.Length && json[at] <= ' ' && ((Blanks >> json[at]) & 1) != 0) at++;
        return at;
    }

    private void Value(int at)
    {
        var json = _json;
        if ((uint)at >= (uint)json.Length) Fail();
        switch (json[at])
        {
            case (byte)'"':
                _at = Text(at);
                TokenType = JsonTokenType.String;
                break;
            case (byte)'{': Begin(at, JsonTokenType.StartObject, 1); break;
            case (byte)'[': Begin(at, JsonTokenType.StartArray, 0); break;
            case (byte)'t': Literal(at, "true"u8, JsonTokenType.True); break;
            case (byte)'f': Literal(at, "false"u8, JsonTokenType.False); break;
            case (byte)'n': Literal(at, "null"u8, JsonTokenType.Null); break;
            default: NumberAt(at); break;
        }
    }

    private void Begin(int at, JsonTokenType type, uint isObject)
    {
        if (_depth == MaxDepth) Fail();
        _depth++;
        _objects = (_objects << 1) | isObject;
        Take(at, 1, type);
    }

    private void End(int at, JsonTokenType type)
    {
        _depth--;
        _objects >>= 1;
        Take(at, 1, type);
    }

    private void Literal(int at, ReadOnlySpan<byte> literal, JsonTokenType type)
    {
        if (!_json[at..].StartsWith(literal)) Fail();
        Take(at, literal.Length, type);
    }

    private void NumberAt(int at)
    {
        var json = _json[at..];
        var length = DecimalText.Read(json, out _number);
        if (length == 0 || !(length < json.Length ? EndsNumber(json[length]) : _depth == 0)) Fail();
        Take(at, length, JsonTokenType.Number);
    }

    private static bool EndsNumber(byte next) =>
        next is (byte)',' or (byte)'}' or (byte)'\n' or (byte)']' or (byte)' ' or (byte)'\r' or (byte)'\t' or (byte)'/';

    private void Take(int at, int length, JsonTokenType type)
    {
        TokenType = type;
        ValueIsEscaped = false;
        _start = at;
        _at = _end = at + length;
    }

    /// <summary>Takes the text whose opening quote should stand here.</summary>
    /// <returns>Behind its closing quote.</returns>
    private int Text(int at)
    {
        if (at == _json.Length || _json[at] != '"') Fail();
        _start = ++at;
        ValueIsEscaped = false;
        while (true)
        {
            at = EndOfPlainText(at);
            if (at == _json.Length || _json[at] < ' ') Fail();
            if (_json[at] == '"') break;
            ValueIsEscaped = true;
            at += Escape(at);
        }

        _end = at;
        return at + 1;
    }

    /// <summary>Where the next quote, escape or control character stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int EndOfPlainText(int at)
    {
        var json = _json;
        for (; at <= json.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var bytes = Vector256.Create(json.Slice(at, Vector256<byte>.Count));
            var ends = Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(bytes, Vector256.Create((byte)' '));
            var places = ends.ExtractMostSignificantBits();
            if (places != 0) return at + BitOperations.TrailingZeroCount(places);
        }

        while (at < json.Length && json[at] is >= (byte)' ' and not ((byte)'"' or (byte)'\\')) at++;
        return at;
    }

    /// <summary>How long the escape is that begins here.</summary>
    private readonly int Escape(int at)
    {
        if (at + 1 == _json.Length) Fail();
        if (_json[at + 1] != 'u')
        {
            if (!"\"\\/bfnrt"u8.Contains(_json[at + 1])) Fail();
            return 2;
        }

        if (at + 6 > _json.Length) Fail();
        foreach (var digit in _json.Slice(at + 2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit)) Fail();
        }

        return 6;
    }

    [DoesNotReturn]
    private readonly void Fail()
    {
        var reader = new Utf8JsonReader(_json, Strict);
        while (reader.Read())
        {
        }

        throw new JsonException("Not JSON.", path: null, lineNumber: 0, bytePositionInLine: 0);
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Domain.Privacy;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>Reading one field: each either yields a value the database can hold or reports why not.</summary>
internal ref partial struct EnvelopeReader
{
    /// <summary>Room for a day or a timestamp with every character escaped; some clients escape the plus sign of an offset.</summary>
    private const int ShortTextBytes = 256;

    /// <summary>A required text that rows are told apart by.</summary>
    /// <param name="isShared">Whether other rows say it too; the id of a session is its own.</param>
    private string KeyField(int maximumBytes, bool isShared = true)
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            if (isShared ? TrySharedText(out var text, out var looks) : TryKeyText(out text, out looks)) return Stored(text!, looks, maximumBytes);
            Report(IssueCodes.InvalidText, "The text cannot be stored: U+0000, half of a surrogate pair, or not UTF-8.");
            return "";
        }

        WrongType("a string");
        return "";
    }

    private string? OptionalKeyField(int maximumBytes)
    {
        if (_json.TokenType == JsonTokenType.Null) return null;
        return KeyField(maximumBytes);
    }

    /// <summary>A title is for eyes only: an over-long one is cut on a code point.</summary>
    private string? TitleField()
    {
        if (_json.TokenType == JsonTokenType.Null) return null;
        if (_json.TokenType != JsonTokenType.String)
        {
            WrongType("a string or null");
            return null;
        }

        if (TryText(out var text))
        {
            var looks = PrivateText.KindOf(text, isSentence: true);
            if (looks != PrivateKind.None && _freeText != FreeTextPolicy.Keep)
            {
                ReportPrivate(looks);
                return PrivateText.Redact(looks);
            }

            return text!.Length * 3 <= EnvelopeLimits.Title ? text : KeyText.Prefix(text, EnvelopeLimits.Title).ToString();
        }

        Report(IssueCodes.InvalidText, "The text cannot be stored: U+0000, half of a surrogate pair, or not UTF-8.");
        return null;
    }

    /// <summary>Blank, null or no text at all is <c>unknown</c> (C§1.2).</summary>
    private string SurfaceField() => TolerantText(EnvelopeLimits.Surface);

    /// <summary>The provider of a window, which alone of all providers may be left out (C§1.4).</summary>
    private string WindowProviderField() => TolerantText(EnvelopeLimits.Provider);

    private string TolerantText(int maximumBytes)
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            _json.Skip();
            return Unknown;
        }

        if (TrySharedText(out var text, out var looks))
        {
            var trimmed = text!.Trim();
            if (trimmed.Length == 0) return Unknown;
            return Stored(trimmed, trimmed.Length == text.Length ? looks : PrivateText.KindOf(trimmed), maximumBytes);
        }

        Report(IssueCodes.InvalidText, "The text cannot be stored: U+0000, half of a surrogate pair, or not UTF-8.");
        return Unknown;
    }

    /// <summary>Only the two values the contract knows (C§5 J).</summary>
    private string? TicketSourceField() => OneOf("branch", "branch_numeric");

    /// <summary>Anything but the three colours clears the state (C§1.3).</summary>
    private string? VitalStateField() => OneOf(VitalStates.Green, VitalStates.Yellow, VitalStates.Red);

    private string? OneOf(params ReadOnlySpan<string> known)
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            var text = ShortText();
            foreach (var value in known)
            {
                if (Ascii.Equals(text, value)) return value;
            }
        }

        _json.Skip();
        return null;
    }

    /// <summary>Anything but a finite number clears the metric (C§1.3).</summary>
    private double? VitalMetricField()
    {
        if (_json.TokenType == JsonTokenType.Number && TryDouble(out var value)) return value;
        _json.Skip();
        return null;
    }

    private long CountField(long maximum)
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            WrongType("a number");
            return 0;
        }

        var problem = _json.Number.Whole(maximum, out var value);
        if (problem != NumberProblem.None) Report(problem, maximum);
        return value;
    }

    private long? OptionalCountField(long maximum) => _json.TokenType == JsonTokenType.Null ? null : CountField(maximum);

    /// <summary>Reads an amount without judging it: an older cost field may be wrong where the newer one decides.</summary>
    private CostField ReadCost()
    {
        if (_json.TokenType == JsonTokenType.Number) return new CostField(true, Money.Of(_json.Number, out var units), units);
        _json.Skip();
        return new CostField(false, NumberProblem.None, 0);
    }

    private long JudgeCost(int field, CostField cost)
    {
        _field = field;
        if (!cost.IsNumber) Report(IssueCodes.WrongType, "Must be a number.");
        else if (cost.Problem != NumberProblem.None) Report(cost.Problem, EnvelopeLimits.CostCents);
        return cost.Units;
    }

    private long RequiredCostField(int field) => JudgeCost(field, ReadCost());

    private double MeasureField(double maximum)
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            WrongType("a number");
            return 0;
        }

        if (!TryDouble(out var value) || value > maximum)
        {
            Report(IssueCodes.OutOfRange, $"Must be at most {maximum}.");
            return 0;
        }

        if (value > -0.01) return Math.Max(value, 0);
        Report(IssueCodes.Negative, "Must not be negative.");
        return 0;
    }

    private bool BooleanField()
    {
        if (_json.TokenType is JsonTokenType.True or JsonTokenType.False) return _json.TokenType == JsonTokenType.True;
        if (_json.TokenType != JsonTokenType.Null) WrongType("true or false");
        return false;
    }

    private DateOnly? DayField()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            WrongType("a string");
            return null;
        }

        if (Day.TryParse(ShortText(), out var day)) return day;
        Report(IssueCodes.InvalidDay, "Must be a UTC calendar day YYYY-MM-DD, from 1970-01-01 on.");
        return null;
    }

    private DateTimeOffset? InstantField()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            WrongType("a string");
            return null;
        }

        if (Instant.TryParse(ShortText(), out var instant)) return instant;
        Report(IssueCodes.InvalidTimestamp, "Must be an RFC 3339 timestamp between 1970 and 9999.");
        return null;
    }

    private DateTimeOffset? OptionalInstantField() => _json.TokenType == JsonTokenType.Null ? null : InstantField();

    private readonly bool TryDouble(out double value) =>
        Utf8Parser.TryParse(_json.ValueSpan, out value, out var read) && read == _json.ValueSpan.Length && double.IsFinite(value);

    private void WrongType(string wanted)
    {
        Report(IssueCodes.WrongType, $"Must be {wanted}.");
        _json.Skip();
    }

    private void Report(NumberProblem problem, long maximum)
    {
        switch (problem)
        {
            case NumberProblem.Negative: Report(IssueCodes.Negative, "Must not be negative."); break;
            case NumberProblem.NotWhole: Report(IssueCodes.NotWhole, "Must be a whole number."); break;
            case NumberProblem.OutOfRange: Report(IssueCodes.OutOfRange, $"Must be at most {maximum}."); break;
            default: break;
        }
    }

    /// <summary>The string under the reader, unless it cannot be stored: U+0000, half a surrogate pair, or bytes that are not UTF-8.</summary>
    private readonly bool TryText(out string? text)
    {
        text = null;
        var raw = _json.ValueSpan;
        if (!_bodyIsUtf8 && !Utf8.IsValid(raw)) return false;
        if (!_json.ValueIsEscaped)
        {
            // A bare U+0000 is no JSON, so without escapes there is none.
            text = Encoding.UTF8.GetString(raw);
            return true;
        }

        if (!_json.EscapesArePaired()) return false;
        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            var unescaped = buffer.AsSpan(0, _json.Unescape(buffer));
            if (unescaped.Contains((byte)0)) return false;
            text = Encoding.UTF8.GetString(unescaped);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The same of a text that rows are told apart by.</summary>
    private readonly bool TryKeyText(out string? text, out PrivateKind looks)
    {
        var isStorable = TryText(out text);
        looks = PrivateText.KindOf(text);
        return isStorable;
    }

    /// <summary>The same of one that other rows say too.</summary>
    private readonly bool TrySharedText(out string? text, out PrivateKind looks)
    {
        if (_json.ValueIsEscaped || !_bodyIsUtf8) return TryKeyText(out text, out looks);
        text = SharedTexts.OfProcess.Get(_json.FromValue, _json.ValueSpan.Length, out looks);
        return true;
    }

    /// <summary>What is stored of a text that rows are told apart by. The only place that decides it, since what is told apart must stay so.</summary>
    private string Stored(string text, PrivateKind looks, int maximumBytes)
    {
        if (looks != PrivateKind.None && _freeText != FreeTextPolicy.Keep)
        {
            ReportPrivate(looks);
            text = PrivateText.RedactKey(looks, text);
        }

        return KeyText.Fit(text, maximumBytes);
    }

    /// <summary>A day, a timestamp or a word without its escapes, which hardly any client puts there; empty where there can be none.</summary>
    private readonly ReadOnlySpan<byte> ShortText() => _json.ValueIsEscaped ? _json.UnescapedText(new byte[ShortTextBytes]) : _json.ValueSpan;
}

namespace Ingest.Domain.Envelopes;

/// <summary>
/// A JSON number read digit by digit. Going through <see cref="double"/> or <see cref="decimal"/> would round once before our own
/// rounding does, and a value a hair above a tie would be stored as another one than was sent (P4).
/// </summary>
internal readonly ref struct DecimalText
{
    private const int HeadDigits = 18;

    /// <summary>More than a body has digits, so that leaving out the rest of an exponent never changes a value.</summary>
    private const int ExponentCap = 200_000_000;

    private static ReadOnlySpan<long> PowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    private readonly bool _negative;

    /// <summary>The first significant digits, at most <see cref="HeadDigits"/>; the number is ±(head + rest) × 10^exponent.</summary>
    private readonly long _head;
    private readonly int _headDigits;
    private readonly int _exponent;

    /// <summary>Whether a digit behind the head is not zero.</summary>
    private readonly bool _rest;

    /// <param name="number">A number token of the JSON grammar, as <see cref="System.Text.Json.Utf8JsonReader"/> checked it.</param>
    public DecimalText(ReadOnlySpan<byte> number)
    {
        var at = 0;
        if (number[0] == '-')
        {
            _negative = true;
            at = 1;
        }

        var afterPoint = false;
        var exponent = 0;
        for (; at < number.Length; at++)
        {
            var c = number[at];
            if (c == '.')
            {
                afterPoint = true;
                continue;
            }

            if (c is (byte)'e' or (byte)'E')
            {
                exponent += ReadExponent(number[(at + 1)..]);
                break;
            }

            var digit = c - '0';
            if (_headDigits < HeadDigits)
            {
                _head = (_head * 10) + digit;
                _headDigits += _head == 0 ? 0 : 1;
                exponent -= afterPoint ? 1 : 0;
            }
            else
            {
                _rest |= digit != 0;
                exponent += afterPoint ? 0 : 1;
            }
        }

        _exponent = exponent;
    }

    /// <summary>The number times 10^<paramref name="places"/>, rounded half to even. A negative one is zero while it is above −<paramref name="residue"/> (exclusive).</summary>
    public NumberProblem Scale(int places, long residue, long maximum, out long value)
    {
        value = 0;
        if (_head == 0) return NumberProblem.None;

        var exponent = _exponent + places;
        long whole;
        var roundUp = false;
        if (exponent >= 0)
        {
            if (_headDigits + exponent > HeadDigits) return _negative ? NumberProblem.Negative : NumberProblem.OutOfRange;
            whole = _head * PowersOfTen[exponent];
        }
        else if (-exponent > HeadDigits)
        {
            whole = 0;
        }
        else
        {
            var unit = PowersOfTen[-exponent];
            whole = _head / unit;
            var remainder = _head % unit;
            roundUp = remainder > unit / 2 || (remainder == unit / 2 && (_rest || (whole & 1) == 1));
        }

        if (_negative) return whole < residue ? NumberProblem.None : NumberProblem.Negative;
        value = whole + (roundUp ? 1 : 0);
        if (value <= maximum) return NumberProblem.None;
        value = 0;
        return NumberProblem.OutOfRange;
    }

    /// <summary>The number as a whole one: <c>5</c>, <c>5.0</c> and <c>5e0</c> are the same, <c>5.5</c> is refused.</summary>
    public NumberProblem Whole(long maximum, out long value)
    {
        value = 0;
        if (_head == 0) return NumberProblem.None;
        if (_negative) return NumberProblem.Negative;
        if (_exponent >= 0)
        {
            if (_headDigits + _exponent > HeadDigits) return NumberProblem.OutOfRange;
            value = _head * PowersOfTen[_exponent];
        }
        else
        {
            if (_rest || -_exponent > HeadDigits || _head % PowersOfTen[-_exponent] != 0) return NumberProblem.NotWhole;
            value = _head / PowersOfTen[-_exponent];
        }

        if (value <= maximum) return NumberProblem.None;
        value = 0;
        return NumberProblem.OutOfRange;
    }

    private static int ReadExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        var value = 0;
        foreach (var c in text)
        {
            if (c is (byte)'-' or (byte)'+') continue;
            value = Math.Min((value * 10) + (c - '0'), ExponentCap);
        }

        return negative ? -value : value;
    }
}

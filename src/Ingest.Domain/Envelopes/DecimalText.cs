using System.Runtime.CompilerServices;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// A JSON number read digit by digit. Going through <see cref="double"/> or <see cref="decimal"/> would round once before our own
/// rounding does, and a value a hair above a tie would be stored as another one than was sent (P4).
/// </summary>
internal readonly struct DecimalText
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

    /// <param name="number">A number token of the JSON grammar.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public DecimalText(ReadOnlySpan<byte> number)
    {
        if (Read(number, out this) != number.Length) throw new FormatException("Not a JSON number.");
    }

    private DecimalText(bool negative, long head, int headDigits, int exponent, bool rest) =>
        (_negative, _head, _headDigits, _exponent, _rest) = (negative, head, headDigits, exponent, rest);

    /// <summary>Reads the number that <paramref name="text"/> begins with.</summary>
    /// <returns>How many bytes it takes; 0 where there is none of the JSON grammar.</returns>
    public static int Read(ReadOnlySpan<byte> text, out DecimalText number)
    {
        number = default;
        var negative = text.Length > 0 && text[0] == '-';
        var at = negative ? 1 : 0;
        long head = 0;
        int headDigits = 0, exponent = 0;
        var rest = false;

        var start = at;
        if (at < text.Length && text[at] == '0') at++;
        else at = ReadDigits(text, at, 0, ref head, ref headDigits, ref exponent, ref rest);
        if (at == start) return 0;

        if (at < text.Length && text[at] == '.')
        {
            start = ++at;
            at = ReadDigits(text, at, 1, ref head, ref headDigits, ref exponent, ref rest);
            if (at == start) return 0;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            var isNegative = at < text.Length && text[at] == '-';
            if (at < text.Length && text[at] is (byte)'-' or (byte)'+') at++;
            start = at;
            var power = 0;
            for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++) power = Math.Min((power * 10) + (text[at] - '0'), ExponentCap);
            if (at == start) return 0;
            exponent += isNegative ? -power : power;
        }

        number = new DecimalText(negative, head, headDigits, exponent, rest);
        return at;
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

    /// <param name="places">1 behind the point, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadDigits(ReadOnlySpan<byte> text, int at, int places, ref long head, ref int headDigits, ref int exponent, ref bool rest)
    {
        for (; (uint)at < (uint)text.Length; at++)
        {
            var digit = text[at] - '0';
            if ((uint)digit > 9) break;
            if (headDigits < HeadDigits)
            {
                head = (head * 10) + digit;
                headDigits += head == 0 ? 0 : 1;
                exponent -= places;
            }
            else
            {
                rest |= digit != 0;
                exponent += 1 - places;
            }
        }

        return at;
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// A JSON number read digit by digit. Going through <see cref="double"/> or <see cref="decimal"/> would round once before our own
/// rounding does, and a value a hair above a tie would be stored as another one than was sent (P4).
/// </summary>
internal readonly struct DecimalText
{
    private const int HeadDigits = 18;

    /// <summary>From here on the head takes no further digit.</summary>
    private const long FullHead = 100_000_000_000_000_000;

    /// <summary>From here on it does not take eight at once.</summary>
    private const long EightFromFull = FullHead / 10_000_000;

    private const ulong Zeros = 0x3030_3030_3030_3030;
    private const ulong AboveNine = 0x7676_7676_7676_7676;
    private const ulong HighBits = 0x8080_8080_8080_8080;

    /// <summary>More than a body has digits, so that leaving out the rest of an exponent never changes a value.</summary>
    private const int ExponentCap = 200_000_000;

    private static ReadOnlySpan<long> PowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    /// <summary>The first significant digits, at most <see cref="HeadDigits"/>; the number is ±(head + rest) × 10^exponent.</summary>
    private readonly long _head;
    private readonly int _exponent;

    private readonly bool _negative;

    /// <summary>Whether a digit behind the head is not zero.</summary>
    private readonly bool _rest;

    /// <param name="number">A number token of the JSON grammar.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public DecimalText(ReadOnlySpan<byte> number)
    {
        if (number.IsEmpty || Read(number, out this) != number.Length) throw new FormatException("Not a JSON number.");
    }

    private DecimalText(bool negative, long head, int exponent, bool rest) => (_negative, _head, _exponent, _rest) = (negative, head, exponent, rest);

    /// <summary>Reads the number that <paramref name="text"/> begins with.</summary>
    /// <returns>How many bytes it takes; 0 where there is none of the JSON grammar.</returns>
    public static int Read(ReadOnlySpan<byte> text, out DecimalText number)
    {
        number = default;
        var at = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative) at++;

        long head = 0;
        var exponent = 0;
        var rest = false;
        var start = at;
        if (at < text.Length && text[at] == '0') at++;
        else at = ReadDigits(text, at, 0, ref head, ref exponent, ref rest);
        if (at == start) return 0;

        if (at < text.Length && text[at] == '.')
        {
            start = ++at;
            at = ReadDigits(text, at, 1, ref head, ref exponent, ref rest);
            if (at == start) return 0;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            var isNegative = at < text.Length && text[at] == '-';
            if (isNegative || (at < text.Length && text[at] == '+')) at++;
            start = at;
            var power = 0;
            for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++) power = Math.Min((power * 10) + (text[at] - '0'), ExponentCap);
            if (at == start) return 0;
            exponent += isNegative ? -power : power;
        }

        number = new DecimalText(negative, head, exponent, rest);
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
            if (exponent > HeadDigits || _head >= PowersOfTen[HeadDigits - exponent]) return _negative ? NumberProblem.Negative : NumberProblem.OutOfRange;
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
            if (_exponent > HeadDigits || _head >= PowersOfTen[HeadDigits - _exponent]) return NumberProblem.OutOfRange;
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
    private static int ReadDigits(ReadOnlySpan<byte> text, int at, int places, ref long head, ref int exponent, ref bool rest)
    {
        // Eight digits at a time: how many there are a processor would guess wrong time and again.
        while (text.Length - at >= sizeof(ulong) && head < EightFromFull)
        {
            var digits = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) - Zeros;
            var count = BitOperations.TrailingZeroCount((digits | (digits + AboveNine)) & HighBits) / 8;
            if (count == 0) return at;
            head = (head * PowersOfTen[count]) + Number(digits << (64 - (8 * count)));
            exponent -= count * places;
            at += count;
            if (count < sizeof(ulong)) return at;
        }

        var (value, power, hasRest) = (head, exponent, rest);
        for (; (uint)at < (uint)text.Length; at++)
        {
            var digit = (uint)(text[at] - '0');
            if (digit > 9) break;
            if (value < FullHead)
            {
                value = (value * 10) + digit;
                power -= places;
            }
            else
            {
                hasRest |= digit != 0;
                power += 1 - places;
            }
        }

        (head, exponent, rest) = (value, power, hasRest);
        return at;
    }

    /// <summary>The number that eight digits make, the first of them in the lowest byte.</summary>
    private static long Number(ulong digits)
    {
        var pairs = (digits * 10) + (digits >> 8);
        return (long)((((pairs & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064) + (((pairs >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32);
    }
}

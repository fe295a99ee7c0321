using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Domain.Tests.Envelopes;

/// <summary>JSON numbers in every shape the grammar has, and their exact value.</summary>
internal static class NumberTexts
{
    /// <summary>Digits far beyond any machine type, leading zeros behind the point, ties, exponents of both signs and cases.</summary>
    public static Gen<string> All() => Gen.OneOf(AnyShape(), AroundTies(), AroundLimits());

    /// <summary>The value as numerator over a power of ten.</summary>
    public static (BigInteger Numerator, BigInteger Denominator) ValueOf(string text)
    {
        var mantissa = text;
        var exponent = 0;
        var e = text.IndexOfAny(['e', 'E']);
        if (e >= 0)
        {
            mantissa = text[..e];
            exponent = int.Parse(text[(e + 1)..].TrimStart('+'));
        }

        var point = mantissa.IndexOf('.');
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        var digits = BigInteger.Parse(mantissa);
        return exponent >= 0 ? (digits * BigInteger.Pow(10, exponent), 1) : (digits, BigInteger.Pow(10, -exponent));
    }

    private static Gen<string> AnyShape() =>
        from sign in Gen.Elements("", "", "", "-")
        from whole in Gen.OneOf(Gen.Constant("0"), Digits(1, 25).Select(WithoutLeadingZeros))
        from fraction in Gen.OneOf(Gen.Constant(""), Digits(1, 45).Select(d => "." + d), Digits(1, 30).Select(d => "." + new string('0', d.Length) + d))
        from exponent in Gen.OneOf(Gen.Constant(""), Exponent(30), Exponent(400))
        select sign + whole + fraction + exponent;

    /// <summary>Half a unit of 1/10000 cent, exactly, or a hair off it, in plain and in scientific notation.</summary>
    private static Gen<string> AroundTies() =>
        from sign in Gen.Elements("", "", "-")
        from whole in Gen.Choose(0, 2_000)
        from units in Gen.Choose(0, 9_999)
        from tail in Gen.Elements("5", "50", "5000000000000000000000000", "50000000000000000000000001", "49999999999999999999999999", "500000000000000000000e-0")
        select $"{sign}{whole}.{units:0000}{tail}";

    private static Gen<string> AroundLimits() =>
        Gen.Elements(
            "0", "-0", "0.0", "-0.0", "0e5", "-0E-5", "0.0000000000000000000000000000000", "-0.01", "-0.0100", "-1e-2", "-0.010000000000000000000000001",
            "-0.009999999999999999999999999", "-0.00999", "-7e-14", "-7.105427357601002e-14", "-1e-400", "100000000", "1e8", "100000000.00004999999999999999",
            "100000000.00005", "100000000.000050000000000000000001", "100000001", "99999999.99995", "99999999.99994999999999999999999", "1e400", "-1e400",
            "5.0", "5e0", "1e3", "5.5", "0.5e1", "50e-1", "1000000000", "1000000001", "1000000000000", "1000000000001", "9223372036854775807",
            "9223372036854775808", "18446744073709551616", "340282366920938463463374607431768211456", "1E+2", "1e-05", "123456789012345678",
            "1234567890123456789", "0.1", "1.50000000000000000000000000000000000000001");

    private static Gen<string> Exponent(int largest) =>
        from e in Gen.Elements("e", "E")
        from sign in Gen.Elements("", "+", "-")
        from zeros in Gen.Elements("", "", "00")
        from value in Gen.Choose(0, largest)
        select e + sign + zeros + value;

    private static Gen<string> Digits(int atLeast, int atMost) =>
        Gen.Choose(atLeast, atMost).SelectMany(length => Gen.Choose('0', '9').Select(c => (char)c).ArrayOf(length)).Select(chars => new string(chars));

    private static string WithoutLeadingZeros(string digits)
    {
        var trimmed = digits.TrimStart('0');
        return trimmed.Length == 0 ? "0" : trimmed;
    }
}

using System.Globalization;

namespace Ingest.Simulator.Daemon;

/// <summary>Doubles as the daemon's serializer writes them: the fewest digits that read back the same, always with a point or an exponent.</summary>
internal static class ShortestDouble
{
    /// <summary>Digits before the point up to which no exponent is used.</summary>
    private const int WholeDigits = 16;

    /// <summary>Zeros after the point up to which no exponent is used.</summary>
    private const int LeadingZeros = 5;

    public static string ToText(double value)
    {
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";

        // d.dddE±xxx, with as few digits as are needed.
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var (digits, point) = Split(text);
        var sign = value < 0 ? "-" : "";
        if (digits.Length <= point && point <= WholeDigits) return sign + digits.PadRight(point, '0') + ".0";
        if (point is > 0 and <= WholeDigits) return sign + digits[..point] + "." + digits[point..];
        if (point is > -LeadingZeros and <= 0) return sign + "0." + new string('0', -point) + digits;
        var exponent = (point - 1).ToString(CultureInfo.InvariantCulture);
        return sign + (digits.Length == 1 ? digits : digits[..1] + "." + digits[1..]) + "e" + exponent;
    }

    /// <summary>The significant digits, and how many of them stand before the point.</summary>
    private static (string Digits, int Point) Split(string text)
    {
        var exponent = 0;
        if (text.IndexOf('E', StringComparison.Ordinal) is > 0 and var e)
        {
            exponent = int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? text.Length : dot) + exponent;
        var digits = text.Replace(".", "", StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), point - zeros);
    }
}

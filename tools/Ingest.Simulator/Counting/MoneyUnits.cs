using System.Globalization;
using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Counting;

/// <summary>Money as docs/digest.md says a server stores it: units of 1/10000 cent, half to even, from the digits that were sent.</summary>
internal static class MoneyUnits
{
    public const long PerCent = 10_000;

    /// <summary>From the text that travels: of a double's at most 17 digits, decimal keeps all that can matter.</summary>
    public static long Of(double cents) => Of(decimal.Parse(ShortestDouble.ToText(cents), NumberStyles.Float, CultureInfo.InvariantCulture));

    public static long Of(decimal cents) => cents <= 0 ? 0 : (long)decimal.Round(cents * PerCent, 0, MidpointRounding.ToEven);
}

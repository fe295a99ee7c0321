namespace Ingest.Domain.Envelopes;

/// <summary>
/// Money as it is stored: a whole number of units of 1/10000 cent. On the wire it is a JSON number in cents.
/// Rounded half to even once per row, from the digits that were sent.
/// </summary>
public static class Money
{
    public const int DecimalPlaces = 4;
    public const long UnitsPerCent = 10_000;

    /// <summary>A device subtracts and adds floats, which leaves residue such as −7e-14: above −0.01 cent it is zero (C§5 Q).</summary>
    public const long ResidueUnits = UnitsPerCent / 100;

    /// <summary>Reads a JSON number in cents.</summary>
    /// <param name="cents">The number token, checked by the JSON reader.</param>
    /// <param name="units">Units of 1/10000 cent, 0 to <see cref="Validation.EnvelopeLimits.CostUnits"/>.</param>
    public static NumberProblem Parse(ReadOnlySpan<byte> cents, out long units) =>
        Of(new DecimalText(cents), out units);

    internal static NumberProblem Of(DecimalText cents, out long units) =>
        cents.Scale(DecimalPlaces, ResidueUnits, Validation.EnvelopeLimits.CostUnits, out units);

    /// <summary>Back to the number in cents that the wire carries.</summary>
    public static decimal ToCents(long units) => (decimal)units / UnitsPerCent;
}

namespace Ingest.Api.Pages.Usage;

/// <summary>One part of every bar.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Style">The class of its colour.</param>
/// <param name="Address">Where it is looked at alone; null is nowhere.</param>
/// <param name="Amounts">Of each day.</param>
public sealed record UsageSeries(string Name, string Style, string? Address, IReadOnlyList<Int128> Amounts)
{
    public Int128 Total => Amounts.Aggregate(Int128.Zero, (sum, amount) => sum + amount);
}

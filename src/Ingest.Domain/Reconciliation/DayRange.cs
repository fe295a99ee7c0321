namespace Ingest.Domain.Reconciliation;

/// <summary>UTC days from <paramref name="From"/> on and before <paramref name="To"/>.</summary>
public readonly record struct DayRange(DateOnly From, DateOnly To)
{
    public static DayRange All { get; } = new(DateOnly.MinValue, DateOnly.MaxValue);
}

using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>Groups that are not shown one by one.</summary>
/// <param name="Day">On which day, where usage is told apart by day.</param>
/// <param name="Groups">How many.</param>
/// <param name="Sums">In the range.</param>
/// <param name="Previous">In the as many days before.</param>
public sealed record UsageRest(string? Day, int Groups, DayTotals Sums, DayTotals Previous);

using Ingest.Domain.Ledger;

namespace Ingest.Api.Pages.Usage;

/// <summary>One line of a table.</summary>
/// <param name="Keys">A value of each dimension; fewer of the line of what is not shown.</param>
/// <param name="Sums">In the range.</param>
/// <param name="Previous">In the as many days before.</param>
public sealed record UsageLine(IReadOnlyList<UsageKey> Keys, DayTotals Sums, DayTotals Previous);

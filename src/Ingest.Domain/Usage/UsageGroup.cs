using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>What was used under one value of each dimension that was asked for.</summary>
/// <param name="Values">In the order of the dimensions: days as <c>YYYY-MM-DD</c>, devices and members by id; null is no ticket.</param>
/// <param name="Sums">In the range.</param>
/// <param name="Previous">In the as many days before, where those were asked for; of a day, that of as many days earlier.</param>
public sealed record UsageGroup(IReadOnlyList<string?> Values, DayTotals Sums, DayTotals Previous);

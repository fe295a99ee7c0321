using Ingest.Api.Queries;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Usage;

/// <summary>What was used under one value of each dimension.</summary>
/// <param name="Sums">In the range.</param>
internal sealed record UsageGroupAnswer(DayTotals Sums) : SumsAnswer(Sums)
{
    /// <summary>The values, in the order of <c>by</c>.</summary>
    public required IReadOnlyList<UsageKeyAnswer> Keys { get; init; }

    /// <summary>The same in the as many days before, of a day that many days earlier; null where no comparison was asked for.</summary>
    public required SumsAnswer? Previous { get; init; }
}

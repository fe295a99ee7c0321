using Ingest.Api.Queries;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Usage;

/// <summary>The groups that are not told one by one.</summary>
/// <param name="Sums">In the range.</param>
internal sealed record UsageRestAnswer(DayTotals Sums) : SumsAnswer(Sums)
{
    /// <summary>On which UTC day; null where sums are not told apart by day.</summary>
    public required DateOnly? BucketDay { get; init; }

    /// <summary>How many they are.</summary>
    public required int GroupCount { get; init; }

    /// <summary>The same in the as many days before; null where no comparison was asked for.</summary>
    public required SumsAnswer? Previous { get; init; }
}

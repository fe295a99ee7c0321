using Ingest.Api.Queries;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Usage;

/// <summary>The period before: as many days, right before the range.</summary>
/// <param name="Sums">Over all groups.</param>
internal sealed record UsagePreviousAnswer(DayTotals Sums) : SumsAnswer(Sums)
{
    /// <summary>The first UTC day.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The UTC day before which it ends.</summary>
    public required DateOnly To { get; init; }
}

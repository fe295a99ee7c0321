using Ingest.Api.Queries;
using Ingest.Domain.Ledger;

namespace Ingest.Api.Reconciliation;

/// <summary>What a day held, added up.</summary>
/// <param name="Sums">Of its live rows.</param>
internal sealed record VersionSumsAnswer(DayTotals Sums) : SumsAnswer(Sums)
{
    /// <summary>Its live rows.</summary>
    public int RollupRows => Sums.Rows;
}

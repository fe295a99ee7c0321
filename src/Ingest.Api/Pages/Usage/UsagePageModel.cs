using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Pages.Usage;

/// <summary>What was used, and what it cost.</summary>
/// <param name="Address">What was asked.</param>
/// <param name="SeesAll">Whether there are members to tell apart.</param>
/// <param name="Chips">The filters that are in use.</param>
/// <param name="Reliance">How far it can be relied on.</param>
public sealed record UsagePageModel(UsageAddress Address, bool SeesAll, IReadOnlyList<UsageChip> Chips, UsageReliance Reliance)
{
    /// <summary>Over all groups.</summary>
    public DayTotals Totals { get; init; }

    /// <summary>The same of the as many days before.</summary>
    public DayTotals Previous { get; init; }

    /// <summary>By day; null where nothing was used.</summary>
    public UsageChart? Chart { get; init; }

    /// <summary>By what was asked for; null where nothing was used.</summary>
    public UsageTable? Table { get; init; }

    /// <summary>Where nothing was used: the nearest days in which something was.</summary>
    public DayRange? Nearest { get; init; }
}

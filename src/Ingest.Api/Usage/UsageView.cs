using Ingest.Api.Queries;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Api.Usage;

/// <summary>An answer about usage, before it is a document, a table or a page.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Report">What was found.</param>
/// <param name="Ranking">Which groups are shown.</param>
/// <param name="HeldBackBy">The worst devices that are not complete.</param>
/// <param name="HeldBackCount">How many there are.</param>
internal sealed record UsageView(UsageQuery Query, UsageReport Report, UsageRanking Ranking, IReadOnlyList<HoldingDeviceAnswer> HeldBackBy, int HeldBackCount)
{
    public DayTotals Totals { get; } = Report.Totals;

    public DayTotals PreviousTotals { get; } = Report.PreviousTotals;

    public UsageAnswer ToAnswer() => new()
    {
        From = Query.Question.Range.From,
        To = Query.Question.Range.To,
        By = [.. Query.Question.By.Select(UsageNames.Of)],
        CompleteThrough = Report.CompleteThrough,
        HeldBackBy = HeldBackBy,
        HeldBackCount = HeldBackCount,
        MergedInto = Report.MergedInto,
        PossibleDuplicates = [.. Report.PossibleDuplicates.Take(UsageLimits.PossibleDuplicates).Select(PossibleDuplicateAnswer.Of)],
        PossibleDuplicateCount = Report.PossibleDuplicates.Count,
        ExpiredDeviceDays = Report.ExpiredDeviceDays,
        Totals = new SumsAnswer(Totals),
        Previous = Query.Question.ComparesPrevious
            ? new UsagePreviousAnswer(PreviousTotals) { From = Query.Question.Previous.From, To = Query.Question.Previous.To }
            : null,
        Groups = [.. Ranking.Shown.Select(group => new UsageGroupAnswer(group.Sums) { Keys = KeysOf(group), Previous = Compared(group.Previous) })],
        Rest =
        [
            .. Ranking.Rest.Select(rest => new UsageRestAnswer(rest.Sums)
            {
                BucketDay = rest.Day is null ? null : DateOnly.ParseExact(rest.Day, Domain.Envelopes.Day.Format),
                GroupCount = rest.Groups,
                Previous = Compared(rest.Previous),
            }),
        ],
    };

    public UsageKeyAnswer[] KeysOf(UsageGroup group) =>
    [
        .. group.Values.Zip(Query.Question.By, (value, dimension) => new UsageKeyAnswer(UsageNames.Of(dimension), value, NameOf(dimension, value))),
    ];

    /// <summary>What people call a device or a member.</summary>
    public string? NameOf(UsageDimension dimension, string? value) =>
        value is not null && dimension is UsageDimension.Device or UsageDimension.Member ? Report.Names.GetValueOrDefault(value!) : null;

    private SumsAnswer? Compared(DayTotals sums) => Query.Question.ComparesPrevious ? new SumsAnswer(sums) : null;
}

using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;

namespace Ingest.Api.Usage;

/// <summary>What an address asks about usage: that of the API, of a page, and of the table that a page gives away.</summary>
/// <param name="Question">What is added up.</param>
/// <param name="Measure">By what groups are ranked.</param>
/// <param name="Top">How many of them are shown.</param>
internal sealed record UsageQuery(UsageQuestion Question, UsageMeasure Measure, int Top)
{
    private const string Previous = "previous";

    private static readonly IReadOnlyList<UsageDimension> ByDay = [UsageDimension.Day];

    /// <summary>What a comparison can be with.</summary>
    public static readonly IReadOnlyList<string> Comparisons = [Previous];

    /// <summary>Where something is wrong the query says so, and what is returned does not matter.</summary>
    public static UsageQuery Read(QueryReader query, DateTimeOffset now)
    {
        var to = query.OptionalDay("to") ?? Day.Of(now).AddDays(1);
        var range = new DayRange(query.OptionalDay("from") ?? FirstOf(to), to);
        query.ShouldNotBeEmpty(range);
        var by = query.Choices("by", UsageNames.Dimensions, UsageLimits.Dimensions);
        var filters = new Dictionary<UsageDimension, IReadOnlySet<string>>();
        foreach (var (dimension, name) in UsageNames.Filters)
        {
            var values = dimension switch
            {
                UsageDimension.Device => query.DeviceIds(name, UsageLimits.FilterValues),
                UsageDimension.Member => query.Uuids(name, UsageLimits.FilterValues),
                _ => query.Texts(name, UsageLimits.FilterValues, takesEmpty: dimension == UsageDimension.Ticket),
            };
            if (values.Count > 0) filters[dimension] = values;
        }

        return new UsageQuery(
            new UsageQuestion
            {
                Range = range,
                By = by.Count > 0 ? by : ByDay,
                Filters = filters,
                ComparesPrevious = query.OptionalChoice("compare", Comparisons) is not null,
            },
            query.OptionalChoice("sort", UsageNames.Measures) ?? UsageMeasure.CostEffective,
            query.Number("top", UsageLimits.DefaultTop, 1, UsageLimits.MostTop));
    }

    private static DateOnly FirstOf(DateOnly to) => DateOnly.FromDayNumber(Math.Max(Day.Earliest.DayNumber, to.DayNumber - UsageLimits.DefaultDays));
}

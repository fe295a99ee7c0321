using System.Globalization;
using Ingest.Api.Pages.Frame;
using Ingest.Api.Usage;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

/// <summary>Usage told apart.</summary>
/// <param name="Lines">The largest first, or by day.</param>
/// <param name="Rest">What is not shown one by one, each with what it is called.</param>
/// <param name="Groups">How many there are, shown or not.</param>
/// <param name="Totals">Over all of them.</param>
/// <param name="Previous">The same of the as many days before.</param>
public sealed record UsageTable(
    IReadOnlyList<UsageLine> Lines, IReadOnlyList<(string Name, UsageLine Line)> Rest, int Groups, DayTotals Totals, DayTotals Previous)
{
    internal static UsageTable Of(UsageView view, UsageAddress address) => new(
        [.. view.Ranking.Shown.Select(group => new UsageLine([.. group.Values.Zip(view.Query.Question.By, (value, dimension) => Key(view, address, dimension, value))], group.Sums, group.Previous))],
        [.. view.Ranking.Rest.Select(rest => (NameOf(rest), new UsageLine([], rest.Sums, rest.Previous)))],
        view.Report.Groups.Count,
        view.Totals,
        view.PreviousTotals);

    private static UsageKey Key(UsageView view, UsageAddress address, UsageDimension dimension, string? value)
    {
        var text = UsageWords.Of(dimension, value, view.NameOf(dimension, value));
        return new UsageKey(text, dimension == UsageDimension.Device && text != value ? value : null, address.Into(dimension, value).ToString());
    }

    private static string NameOf(UsageRest rest)
    {
        var others = $"{Times.Number(rest.Groups)} {(rest.Groups == 1 ? "other" : "others")}";
        return rest.Day is { } day ? $"{Times.Day(DateOnly.ParseExact(day, Day.Format, CultureInfo.InvariantCulture))}: {others}" : others;
    }
}

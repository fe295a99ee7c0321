using System.Globalization;
using System.Text;
using Ingest.Api.Usage;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

/// <summary>A bar for each day, made of one part or several. From the left it is measured in days, so that it fits any width, and from the top in pixels.</summary>
/// <param name="Measure">What is drawn.</param>
/// <param name="First">The day of the first bar.</param>
/// <param name="Days">How many there are.</param>
/// <param name="Series">The parts, the lowest first.</param>
/// <param name="CompleteThrough">After that day bars may still grow; null is before all of them.</param>
public sealed record UsageChart(UsageMeasure Measure, DateOnly First, int Days, IReadOnlyList<UsageSeries> Series, DateOnly? CompleteThrough)
{
    public const int Height = 240;

    /// <summary>Values that have a colour of their own.</summary>
    public const int Parts = 5;

    private const string All = "series-1";

    /// <summary>Days that are named by the day; of more, months are.</summary>
    private const int MostNamedDays = 62;

    private const int WideMarks = 10;
    private const int NarrowMarks = 5;

    public AxisScale Scale { get; } = AxisScale.Of(
        Enumerable.Range(0, Days).Max(day => Figure.Drawn(Sum(Series, day), Measure)), Measure is UsageMeasure.Messages or UsageMeasure.Tokens ? 1 : 0.000001m);

    /// <summary>How many bars, from the left, are final.</summary>
    public int CompleteDays => CompleteThrough is { } through ? Math.Clamp(through.DayNumber - First.DayNumber + 1, 0, Days) : 0;

    /// <summary>Of a day, so that a few bars are no walls and many have a gap between them.</summary>
    public decimal BarWidth => Math.Min(Days > MostNamedDays ? 0.84m : 0.72m, 0.07m * Days);

    internal static UsageChart Of(UsageView view, UsageAddress address)
    {
        var question = view.Query.Question;
        var (first, days, place) = (question.Range.From, question.Days, question.DayPlace);
        if (address.Stack is not { } dimension)
            return Of([new UsageSeries(UsageWords.NameOf(address.Measure), All, null, Amounts(view.Ranking.Shown.Select(group => (group.Values[place], group.Sums))))]);

        var parts = view.Ranking.Shown.GroupBy(group => group.Values[1 - place], StringComparer.Ordinal)
            .Select(part => (Value: part.Key, Amounts: Amounts(part.Select(group => (group.Values[place], group.Sums)))))
            .OrderByDescending(part => part.Amounts.Aggregate(Int128.Zero, (sum, amount) => sum + amount)).ThenBy(part => part.Value, StringComparer.Ordinal)
            .Select((part, at) => new UsageSeries(
                UsageWords.Of(dimension, part.Value, view.NameOf(dimension, part.Value)), $"series-{at + 1}", address.Into(dimension, part.Value).ToString(), part.Amounts));
        var rest = Amounts(view.Ranking.Rest.Select(line => (line.Day, line.Sums)));
        return Of(rest.Any(amount => amount > 0) ? [.. parts, new UsageSeries("All others", "series-rest", null, rest)] : [.. parts]);

        UsageChart Of(IReadOnlyList<UsageSeries> series) => new(address.Measure, first, days, series, view.Report.CompleteThrough);

        Int128[] Amounts(IEnumerable<(string? Day, Domain.Ledger.DayTotals Sums)> lines)
        {
            var amounts = new Int128[days];
            foreach (var (day, sums) in lines) amounts[DateOnly.ParseExact(day!, Day.Format, CultureInfo.InvariantCulture).DayNumber - first.DayNumber] += UsageRanking.Of(sums, address.Measure);
            return amounts;
        }
    }

    public DateOnly DayAt(int at) => First.AddDays(at);

    public Int128 TotalAt(int at) => Sum(Series, at);

    /// <summary>How far from the top a mark of the scale is.</summary>
    public decimal Y(decimal mark) => Math.Round(Height - (mark / Scale.Top * Height), 2);

    /// <summary>The bars of one part.</summary>
    public string PathOf(int series)
    {
        var path = new StringBuilder();
        for (var day = 0; day < Days; day++)
        {
            if (Series[series].Amounts[day] == 0) continue;
            var below = Drawn(Series.Take(series), day);
            var (top, bottom) = (Y(below + Figure.Drawn(Series[series].Amounts[day], Measure)), Y(below));

            // A line of nothing between two parts, where there is room for it.
            Bar(path, day, top, below > 0 && bottom - top > 3 ? bottom - 1 : bottom);
        }

        return path.ToString();
    }

    /// <summary>The bars that may still grow, each as a whole: where they begin, in days and in pixels.</summary>
    public IEnumerable<(decimal Left, decimal Top)> OpenBars() =>
        Enumerable.Range(CompleteDays, Days - CompleteDays).Where(day => TotalAt(day) > 0).Select(day => (LeftOf(day), Y(Drawn(Series, day))));

    public IReadOnlyList<DayMark> DayMarks()
    {
        var isByMonth = Days > MostNamedDays;
        int[] named = [.. Enumerable.Range(0, Days).Where(day => isByMonth ? DayAt(day).Day == 1 : (Days - 1 - day) % Beside(Days, WideMarks) == 0)];
        var apart = Beside(named.Length, NarrowMarks);
        return [.. named.Select((day, at) => new DayMark(
            Math.Round((day + 0.5m) * 100 / Days, 2), DayAt(day).ToString(!isByMonth ? "d MMM" : DayAt(day).Month == 1 ? "yyyy" : "MMM", CultureInfo.InvariantCulture),
            (named.Length - 1 - at) % apart != 0))];

        static int Beside(int count, int most) => (count + most - 1) / most;
    }

    private decimal Drawn(IEnumerable<UsageSeries> series, int day) => Figure.Drawn(Sum(series, day), Measure);

    private static Int128 Sum(IEnumerable<UsageSeries> series, int day) => series.Aggregate(Int128.Zero, (sum, one) => sum + one.Amounts[day]);

    private decimal LeftOf(int day) => day + ((1 - BarWidth) / 2);

    private void Bar(StringBuilder path, int day, decimal top, decimal bottom) => path.Append(
        CultureInfo.InvariantCulture, $"M{LeftOf(day):0.###} {top:0.##}h{BarWidth:0.###}V{bottom:0.##}h-{BarWidth:0.###}z");
}

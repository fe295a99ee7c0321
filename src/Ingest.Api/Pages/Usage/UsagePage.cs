using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.Pages.Connect;
using Ingest.Api.Queries;
using Ingest.Api.Usage;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;
using Ingest.Persistence.Members;

namespace Ingest.Api.Pages.Usage;

/// <summary>Gathers what the page of usage shows.</summary>
internal sealed class UsagePage(UsageDesk desk, MemberStore members, TimeProvider time)
{
    private const int NearDays = 90;

    private static readonly UsageDimension[] ByDay = [UsageDimension.Day];

    public async Task<IResult> ShowAsync(HttpContext context, UsageAddress address)
    {
        var (caller, cancellation) = (context.Caller(), context.RequestAborted);
        var (view, problem) = await desk.AskAsync(caller, address.Query, cancellation);
        if (view is null) return Refuse(problem!);
        if (view.Report.Devices.Count == 0 && address.Question.Filters.Count == 0) return await ConnectEndpoints.ShowAsync(context, members, isFirst: true);

        var model = new UsagePageModel(address, caller.SeesAllDevices, [.. Chips(view, address)], UsageReliance.Of(view)) { Totals = view.Totals, Previous = view.PreviousTotals };
        if (view.Totals.Rows == 0) return Page(model with { Nearest = await NearestAsync(caller, address, cancellation) });

        var (days, refusal) = address.Question.By is [UsageDimension.Day] ? (view, null) : await desk.AskAsync(caller, OfChart(address), cancellation);
        return days is null ? Refuse(refusal!) : Page(model with { Chart = UsageChart.Of(days, address), Table = UsageTable.Of(view, address) });
    }

    /// <summary>What is not there is not there, as everywhere; about what is wrong with an address its page says so, with a way on.</summary>
    public IResult Refuse(Problem problem)
    {
        if (problem.Code.Status != StatusCodes.Status400BadRequest) return new ProblemResult(problem);
        var nothing = new QueryCollection();
        var usual = UsageAddress.Read(new QueryReader(nothing), nothing, time.GetUtcNow());
        return new PageResult<UsageRefusedView, UsageRefusedModel>(new UsageRefusedModel(usual, problem.Detail), problem.Code.Status);
    }

    private static PageResult<UsagePageView, UsagePageModel> Page(UsagePageModel model) => new(model);

    private static UsageQuery OfChart(UsageAddress address) => new(
        address.Question with { By = address.Stack is { } dimension ? [UsageDimension.Day, dimension] : ByDay, ComparesPrevious = false }, address.Measure, UsageChart.Parts);

    private static IEnumerable<UsageChip> Chips(UsageView view, UsageAddress address) =>
        from filter in UsageNames.Filters
        from value in address.Question.Of(filter.Dimension).Order(StringComparer.Ordinal)
        let text = UsageWords.Of(filter.Dimension, value, view.NameOf(filter.Dimension, value))
        select new UsageChip(UsageWords.NameOf(filter.Dimension), text, address.Without(filter.Dimension, value).ToString());

    /// <summary>
    /// Before the range and then behind it, near first. No further than a quarter of a year: whatever an address asks for, its page shall not read
    /// the whole history of a fleet to say that there is nothing.
    /// </summary>
    private async Task<DayRange?> NearestAsync(Caller caller, UsageAddress address, CancellationToken cancellation)
    {
        var (from, to) = address.Question.Range;
        for (var (end, seen) = (from, 0); seen < NearDays; (end, seen) = (Back(end, UsageLimits.DefaultDays), seen + UsageLimits.DefaultDays))
        {
            var before = await DaysAsync(new DayRange(Back(end, UsageLimits.DefaultDays), end));
            if (before.Count > 0) return new DayRange(Back(before[^1], UsageLimits.DefaultDays - 1), before[^1].AddDays(1));
        }

        var last = DateOnly.FromDayNumber(Math.Min(DateOnly.MaxValue.DayNumber, to.DayNumber + NearDays));
        var after = await DaysAsync(new DayRange(to, last));
        return after.Count == 0 ? null : new DayRange(after[0], DateOnly.FromDayNumber(Math.Min(last.DayNumber, after[0].DayNumber + UsageLimits.DefaultDays)));

        static DateOnly Back(DateOnly day, int days) => DateOnly.FromDayNumber(Math.Max(Day.Earliest.DayNumber, day.DayNumber - days));

        async Task<List<DateOnly>> DaysAsync(DayRange range)
        {
            if (range.From >= range.To) return [];
            var question = address.Question with { Range = range, By = ByDay, ComparesPrevious = false };
            var (view, _) = await desk.AskAsync(caller, new UsageQuery(question, UsageMeasure.Messages, 1), cancellation);
            return view is null ? [] : [.. view.Ranking.Shown.Select(group => DateOnly.ParseExact(group.Values[0]!, Day.Format))];
        }
    }
}

using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Usage;

internal static class UsageEndpoints
{
    public static IEndpointRouteBuilder MapUsage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/usage", GetAsync)
            .WithName("usage")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Usage)
            .WithSummary("What was used, by day and device")
            .WithDescription(
                "Members see their own devices, managers all of the workspace. Sums are of live rows: ghosts, quarantined rows and expired days count nothing. "
                + "`complete_through` says up to which day they are final, and `held_back_by` which devices keep it from being later; one that was revoked does not, and a former id only while something of it is open. Ids that were merged into one device count each "
                + "day once, under the id whose snapshot is newest; `device_id` of the one it has now answers for all of them, and a former one for what counts from under itself. "
                + $"`possible_duplicates` names devices that may be counted twice until somebody decides. At most {UsageLimits.Days} days.")
            .Takes(QueryParameters.UsageFrom, QueryParameters.UsageTo, QueryParameters.OptionalDeviceId)
            .Means(StatusCodes.Status200OK, "The sums.", new AnswerExample("one_device", "Two days of one device", "answer-usage"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.RangeTooWide, ProblemCode.DeviceNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<UsageAnswer>, ProblemResult>> GetAsync(
        HttpContext context, IUsageReader usages, ISyncStatusReader statuses, IngestSettings settings, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var query = new QueryReader(context.Request.Query);
        var device = query.OptionalDeviceId();
        var to = query.OptionalDay("to") ?? Day.Of(now).AddDays(1);
        var range = new DayRange(query.OptionalDay("from") ?? FirstOf(to), to);
        query.ShouldNotBeEmpty(range);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);
        if (range.To.DayNumber - range.From.DayNumber > UsageLimits.Days)
            return TooWide($"At most {UsageLimits.Days} days are added up at once; these are {range.To.DayNumber - range.From.DayNumber}.");

        var caller = context.Caller();
        var usage = await usages.ReadAsync(caller, device, range, UsageLimits.Entries, context.RequestAborted);
        if (usage is null) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
        if (usage.IsCut) return TooWide($"Days times devices are more than {UsageLimits.Entries}: ask for fewer days, or for one device_id.");

        var holding = usage.HeldBackBy(WatermarkRule.ClosedThrough(now, now, settings.GraceDays));
        var named = await NamedAsync(statuses, caller, [.. holding.Take(UsageLimits.HeldBackBy)], now, context.RequestAborted);
        try
        {
            return new JsonAnswer<UsageAnswer>(new UsageAnswer
            {
                From = range.From,
                To = range.To,
                CompleteThrough = usage.CompleteThrough,
                HeldBackBy = named,
                HeldBackCount = holding.Count,
                MergedInto = usage.MergedInto,
                PossibleDuplicates = [.. usage.PossibleDuplicates.Take(UsageLimits.PossibleDuplicates).Select(PossibleDuplicateAnswer.Of)],
                PossibleDuplicateCount = usage.PossibleDuplicates.Count,
                Totals = new SumsAnswer(DayTotals.Sum(usage.Entries.Select(entry => entry.Counted))),
                Days = [.. usage.Entries.GroupBy(entry => entry.Entry.Day).Select(day => Of(day, now, settings.Ledger))],
            });
        }
        catch (OverflowException)
        {
            return TooWide("The sums do not fit into 64 bits.");
        }
    }

    private static DateOnly FirstOf(DateOnly to) => DateOnly.FromDayNumber(Math.Max(Day.Earliest.DayNumber, to.DayNumber - UsageLimits.DefaultDays));

    private static ProblemResult TooWide(string why) => new(new Problem(ProblemCode.RangeTooWide, why));

    private static UsageDayAnswer Of(IGrouping<DateOnly, UsageEntry> day, DateTimeOffset now, LedgerPolicy policy) => new(DayTotals.Sum(day.Select(entry => entry.Counted)))
    {
        BucketDay = day.Key,
        Devices =
        [
            .. day.Select(entry => new UsageDeviceAnswer(entry.Counted)
            {
                DeviceId = entry.Device.DeviceId,
                Label = entry.Device.Label,
                MergedInto = entry.Device.MergedInto,
                State = DayStateRule.Of(entry.Entry, entry.Device.ConfirmedDay, now, policy),
            }),
        ],
    };

    private static async Task<IReadOnlyList<HoldingDeviceAnswer>> NamedAsync(
        ISyncStatusReader statuses, Caller caller, IReadOnlyList<UsageDevice> holding, DateTimeOffset now, CancellationToken cancellation)
    {
        if (holding.Count == 0) return [];
        var found = await statuses.FindAllAsync(caller, [.. holding.Select(device => device.DeviceId)], cancellation);
        var states = found.ToDictionary(status => status.DeviceId, status => SyncHealth.Of(status.Facts, now).State, StringComparer.Ordinal);

        // A device that was removed between the two reads holds back nothing.
        return
        [
            .. holding.Where(device => states.ContainsKey(device.DeviceId))
                .Select(device => new HoldingDeviceAnswer(device.DeviceId, device.Label, device.CompleteThrough, states[device.DeviceId])),
        ];
    }
}

using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Api.Usage;

/// <summary>Answers questions about usage, whoever asks: the API or a page.</summary>
internal sealed class UsageDesk(IUsageReader usages, ISyncStatusReader statuses, IngestSettings settings, TimeProvider time)
{
    /// <returns>The answer, or what is wrong with the question.</returns>
    public async Task<(UsageView? View, Problem? Refusal)> AskAsync(Caller caller, UsageQuery query, CancellationToken cancellation)
    {
        var question = query.Question;
        if (question.Days > UsageLimits.Days) return (null, TooWide($"At most {UsageLimits.Days} days are added up at once; these are {question.Days}."));
        try
        {
            var (report, unknown) = await usages.ReadAsync(caller, question, cancellation);
            if (report is null) return (null, Problem.Of(unknown == UsageDimension.Member ? ProblemCode.MemberNotFound : ProblemCode.DeviceNotFound));

            var now = time.GetUtcNow();
            var holding = report.HeldBackBy(WatermarkRule.ClosedThrough(now, now, settings.GraceDays));
            var named = await NamedAsync(caller, [.. holding.Take(UsageLimits.HeldBackBy)], now, cancellation);
            return (new UsageView(query, report, UsageRanking.Of(question, report.Groups, query.Measure, query.Top), named, holding.Count), null);
        }
        catch (OverflowException)
        {
            return (null, TooWide($"The sums do not fit into 64 bits, or there are more than {UsageLimits.Groups} groups: ask for fewer days, or for part of it."));
        }
    }

    private static Problem TooWide(string why) => new(ProblemCode.RangeTooWide, why);

    private async Task<IReadOnlyList<HoldingDeviceAnswer>> NamedAsync(Caller caller, IReadOnlyList<UsageDevice> holding, DateTimeOffset now, CancellationToken cancellation)
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

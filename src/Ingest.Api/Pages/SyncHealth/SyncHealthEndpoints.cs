using System.Globalization;
using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Devices;
using Ingest.Api.Errors;
using Ingest.Api.Pages.Connect;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Members;

namespace Ingest.Api.Pages.SyncHealth;

internal static class SyncHealthEndpoints
{
    private const int DevicesOfPage = 50;

    /// <summary>Three weeks: what weekends look like is to be seen.</summary>
    private const int DaysOfStrip = 21;

    private const int MostText = 128;

    public static IEndpointRouteBuilder MapSyncHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", ShowAsync).Needs(Permission.Read);
        return routes;
    }

    private static async Task<IResult> ShowAsync(HttpContext context, IFleetViewReader fleets, MemberStore members, IngestSettings settings, TimeProvider time)
    {
        var parameters = new QueryReader(context.Request.Query);
        var state = parameters.OptionalChoice("state", DeviceWords.States);
        var filter = new FleetFilter(state is null ? null : DeviceWords.StateOf(state), parameters.OptionalUuid("owner"), TextOf(context.Request.Query["q"]));
        if (parameters.Refusal is { } refusal) return new ProblemResult(refusal);

        var now = time.GetUtcNow();
        var today = Day.Of(now);
        var caller = context.Caller();
        var query = new FleetQuery(
            filter,
            PageOf(context.Request.Query["page"]),
            DevicesOfPage,
            new DayRange(today.AddDays(1 - DaysOfStrip), today.AddDays(1)),
            WatermarkRule.ClosedThrough(now, now, settings.GraceDays));
        var page = await fleets.ReadAsync(caller, query, now, context.RequestAborted);
        if (page.Fleet.Devices.Count == 0) return await ConnectEndpoints.ShowAsync(context, members, isFirst: true);

        var days = page.Shown.ToDictionary(
            device => device.DeviceId, device => CoverageRule.Of(device, query.Days, page.Days[device.DeviceId], now, settings.Ledger), StringComparer.Ordinal);
        return new PageResult<SyncHealthView, SyncHealthModel>(new SyncHealthModel(page, query, days, caller.SeesAllDevices, PermissionRule.Allows(caller.Scopes, Permission.Manage)));
    }

    private static string? TextOf(string? text) => text?.Trim() is { Length: > 0 } given ? given[..Math.Min(given.Length, MostText)] : null;

    /// <summary>Whatever is no page is the first one; far ahead there is nothing, however far.</summary>
    private static int PageOf(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1;
}

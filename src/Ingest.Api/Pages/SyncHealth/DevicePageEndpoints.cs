using Ingest.Api.Attempts;
using Ingest.Api.Authentication;
using Ingest.Api.Devices;
using Ingest.Api.Errors;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Restores;
using Ingest.Persistence.Rewinds;

namespace Ingest.Api.Pages.SyncHealth;

internal static class DevicePageEndpoints
{
    private const string Path = "/devices/{device_id}";

    public static IEndpointRouteBuilder MapDevicePage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, static (HttpContext context, DevicePage page) => OfDevice(context, device => page.ShowAsync(context, device))).Needs(Permission.Read);
        routes.MapPost(Path + "/rewind", static (HttpContext context, RewindRequests rewinds) => OfDevice(context, device => RewindAsync(context, rewinds, device)))
            .Needs(Permission.Manage);
        routes.MapPost(Path + "/pause", static (HttpContext context, DeviceStore store) => OfDevice(context, device => DecideAsync(context, store, device, DeviceStanding.Paused)))
            .Needs(Permission.Manage);
        routes.MapPost(Path + "/resume", static (HttpContext context, DeviceStore store) => OfDevice(context, device => DecideAsync(context, store, device, DeviceStanding.Active)))
            .Needs(Permission.Manage);
        routes.MapPost(Path + "/changes/{version_id}/restore", static (HttpContext context, DayRestores restores) => OfDevice(context, device => RestoreAsync(context, restores, device)))
            .Needs(Permission.Manage);
        return routes;
    }

    private static async Task<IResult> OfDevice(HttpContext context, Func<string, Task<IResult>> answer) =>
        DeviceWork.DeviceOf(context, out var device) is null ? await answer(device) : new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

    private static async Task<IResult> RewindAsync(HttpContext context, RewindRequests rewinds, string device)
    {
        // Everything: whoever wants less of it has the API.
        var requested = await rewinds.RequestAsync(context.Caller().WorkspaceId, context.Actor(), device, Day.Earliest, verify: false, context.RequestAborted);
        return requested is null ? new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound)) : Back(device);
    }

    private static async Task<IResult> RestoreAsync(HttpContext context, DayRestores restores, string device) =>
        await restores.RestoreAsync(context.Caller().WorkspaceId, context.Actor(), device, context.RouteId("version_id"), context.AttemptId(), context.RequestAborted) switch
        {
            RestoreResult.Restored => Back(device),
            RestoreResult.Expired => new ProblemResult(Problem.Of(ProblemCode.DayExpired)),
            _ => new ProblemResult(Problem.Of(ProblemCode.ChangeNotFound)),
        };

    private static async Task<IResult> DecideAsync(HttpContext context, DeviceStore store, string device, DeviceStanding standing)
    {
        var reason = PageForms.Text(context.Request.Form, "reason", DeviceStore.MostText);
        await store.SetStandingAsync(
            context.Caller().WorkspaceId, device, standing, reason, expected: null, context.Actor(), context.RequestAborted);
        return Back(device);
    }

    private static SeeOtherResult Back(string device) => new(FleetAddress.OfDevice(device));
}

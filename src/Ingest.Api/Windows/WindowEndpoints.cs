using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Identity;
using Ingest.Domain.Usage;
using Ingest.Domain.Windows;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Windows;

internal static class WindowEndpoints
{
    public static IEndpointRouteBuilder MapWindows(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/windows", ListAsync)
            .WithName("windows")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Usage)
            .WithSummary("Rate-limit windows, those that began last first")
            .WithDescription(
                "Members see those of their own devices, viewers and managers all of the workspace. Like sessions they may lag behind, and totals never come from them. "
                + "Of a device with several ids, a window is listed once, as it was sent last; `device_id` of the one it has now answers for all of them, a former one for "
                + "what counts under itself, and one that was superseded for nothing.")
            .Takes(
                QueryParameters.BegunFrom, QueryParameters.BegunTo, QueryParameters.UsageDevices, QueryParameters.UsageMembers, QueryParameters.UsageProviders,
                QueryParameters.UsageSurfaces, QueryParameters.HitRateLimit, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "One that reached the limit", "answer-windows"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor, ProblemCode.DeviceNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<WindowsAnswer>, ProblemResult>> ListAsync(HttpContext context, IWindowReader windows)
    {
        var query = new QueryReader(context.Request.Query);
        var filter = new WindowFilter(query.Range())
        {
            DeviceIds = query.DeviceIds("device_id", UsageLimits.FilterValues),
            UserIds = query.Uuids("user_id", UsageLimits.FilterValues),
            Providers = query.Texts("provider", UsageLimits.FilterValues),
            Surfaces = query.Texts("surface", UsageLimits.FilterValues),
            HitRateLimit = query.OptionalFlag("hit_rate_limit"),
        };
        var limit = query.Limit();
        var scope = query.Scope("windows", context.Caller(), "from", "to", "device_id", "user_id", "provider", "surface", "hit_rate_limit");
        var after = query.After(scope, PlaceOf);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        if (await windows.ListAsync(context.Caller(), filter, after, limit, context.RequestAborted) is not { } page)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        return new JsonAnswer<WindowsAnswer>(new WindowsAnswer(
            [.. page.Windows.Select(window => new WindowAnswer(window))],
            page.HasMore ? Cursor.Write(scope, Parts(page.Windows[^1].Place)) : null));
    }

    private static string[] Parts(WindowPlace place) => [CursorParts.Of(place.StartedAt), place.DeviceId, place.Provider];

    private static WindowPlace? PlaceOf(string[] parts) =>
        parts is [var at, var device, var provider] && CursorParts.TryInstant(at, out var startedAt) ? new WindowPlace(startedAt, device, provider) : null;
}

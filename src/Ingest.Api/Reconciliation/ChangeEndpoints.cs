using Ingest.Api.Attempts;
using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;
using Ingest.Persistence.Restores;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Reconciliation;

internal static partial class ChangeEndpoints
{
    public static IEndpointRouteBuilder MapChanges(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/changes", ListAsync)
            .WithName("changes")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Reconciliation)
            .WithSummary("How closed days of one device changed")
            .WithDescription("Newest first. Each change of a closed day is noted with its sums before and after, and what the day held before is kept for some time.")
            .Takes(QueryParameters.DeviceId, QueryParameters.From, QueryParameters.To, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "One page of changes.", new AnswerExample("shrunk", "A day that lost a row", "answer-changes"))
            .CanRefuse(
                ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor, ProblemCode.DeviceNotFound);
        routes.MapGet("/ingest/changes/{version_id}", GetAsync)
            .WithName("change")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Reconciliation)
            .WithSummary("What a closed day held before it changed")
            .WithDescription("One change of the list, with the rows that counted before it.")
            .Takes(QueryParameters.VersionId, QueryParameters.DeviceId)
            .Means(StatusCodes.Status200OK, "The change and the earlier rows.", new AnswerExample("shrunk", "A day that lost a row", "answer-change"))
            .CanRefuse(ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.ChangeNotFound);
        routes.MapPost("/ingest/changes/{version_id}/restore", RestoreAsync)
            .WithName("restore")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Reconciliation)
            .WithSummary("Put back what a closed day held before a change")
            .WithDescription(
                "For managers. The rows that counted before the change count again, and no others; what stood there until now is kept as a version of its own, so a restoration "
                + "can be undone. It holds for as long as the device repeats what was overruled. Whatever else the device sends of the day later replaces it.")
            .Takes(QueryParameters.VersionId, QueryParameters.DeviceId)
            .Means(StatusCodes.Status200OK, "It stands there, now or already.", new AnswerExample("restored", "A day that had lost a row", "answer-restored"))
            .CanRefuse(
                ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.ChangeNotFound, ProblemCode.DayExpired);
        return routes;
    }

    private static async Task<Results<JsonAnswer<ChangesAnswer>, ProblemResult>> ListAsync(HttpContext context, IChangeReader changes)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        var range = query.Range();
        var limit = query.Limit();
        var scope = query.Scope("changes", context.Caller(), "device_id", "from", "to");
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        if (await changes.ListAsync(context.Caller(), device, range, after, limit, context.RequestAborted) is not { } page)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        return new JsonAnswer<ChangesAnswer>(new ChangesAnswer(
            [.. page.Changes.Select(ChangeAnswer.Of)],
            page.HasMore ? Cursor.Write(scope, new TimedPlace(page.Changes[^1].ChangedAt, page.Changes[^1].VersionId)) : null));
    }

    private static async Task<Results<JsonAnswer<VersionAnswer>, ProblemResult>> GetAsync(HttpContext context, IChangeReader changes)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var (visible, version) = await changes.FindAsync(context.Caller(), device, context.RouteId("version_id"), context.RequestAborted);
        if (!visible) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
        if (version is null) return new ProblemResult(Problem.Of(ProblemCode.ChangeNotFound));
        return new JsonAnswer<VersionAnswer>(VersionAnswer.Of(version));
    }

    private static async Task<Results<JsonAnswer<RestoreAnswer>, ProblemResult>> RestoreAsync(HttpContext context, DayRestores restores, ILogger<RestoreAnswer> logger)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var caller = context.Caller();
        switch (await restores.RestoreAsync(caller.WorkspaceId, context.Actor(), device, context.RouteId("version_id"), context.AttemptId(), context.RequestAborted))
        {
            case RestoreResult.Restored { Day: var day }:
                if (day.VersionId is not null) Log.Restored(logger, caller.KeyPrefix, caller.WorkspaceId, day.Day, day.DeviceId, context.AttemptId());
                return new JsonAnswer<RestoreAnswer>(RestoreAnswer.Of(day));
            case RestoreResult.Expired:
                return new ProblemResult(Problem.Of(ProblemCode.DayExpired));
            case RestoreResult.DeviceNotFound:
                return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
            default:
                return new ProblemResult(Problem.Of(ProblemCode.ChangeNotFound));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Key {KeyPrefix}… of {WorkspaceId} restored {Day:yyyy-MM-dd} of device {DeviceId}, attempt {AttemptId}")]
        public static partial void Restored(ILogger logger, string keyPrefix, string workspaceId, DateOnly day, string deviceId, Guid attemptId);
    }
}

using System.Globalization;
using System.Text;
using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Reconciliation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Reconciliation;

internal static class ChangeEndpoints
{
    public static IEndpointRouteBuilder MapChanges(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/changes", ListAsync)
            .WithName("changes")
            .WithTags(ApiTags.Reconciliation)
            .WithSummary("How closed days of one device changed")
            .WithDescription("Newest first. Each change of a closed day is noted with its sums before and after, and what the day held before is kept for some time.")
            .Takes(QueryParameters.DeviceId, QueryParameters.From, QueryParameters.To, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "One page of changes.", new AnswerExample("shrunk", "A day that lost a row", "answer-changes"))
            .CanRefuse(
                ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor, ProblemCode.DeviceNotFound);
        routes.MapGet("/ingest/changes/{version_id}", GetAsync)
            .WithName("change")
            .WithTags(ApiTags.Reconciliation)
            .WithSummary("What a closed day held before it changed")
            .WithDescription("One change of the list, with the rows that counted before it.")
            .Takes(QueryParameters.VersionId, QueryParameters.DeviceId)
            .Means(StatusCodes.Status200OK, "The change and the earlier rows.", new AnswerExample("shrunk", "A day that lost a row", "answer-change"))
            .CanRefuse(ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.ChangeNotFound);
        return routes;
    }

    private static async Task<Results<Ok<ChangesAnswer>, ProblemResult>> ListAsync(HttpContext context, IChangeReader changes)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        var range = query.Range();
        var limit = query.Limit();
        var scope = query.Scope("changes", context.Caller(), "device_id", "from", "to");
        var after = query.After(scope, PositionOf);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        if (await changes.ListAsync(context.Caller(), device, range, after, limit, context.RequestAborted) is not { } page)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        return TypedResults.Ok(new ChangesAnswer(
            [.. page.Changes.Select(ChangeAnswer.Of)],
            page.HasMore ? Cursor.Write(scope, Position(page.Changes[^1])) : null));
    }

    private static async Task<Results<Ok<VersionAnswer>, ProblemResult>> GetAsync(HttpContext context, IChangeReader changes)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var named = Guid.TryParseExact(context.GetRouteValue("version_id") as string, "D", out var versionId);
        var (visible, version) = await changes.FindAsync(context.Caller(), device, versionId, context.RequestAborted);
        if (!visible) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
        if (!named || version is null) return new ProblemResult(Problem.Of(ProblemCode.ChangeNotFound));
        return TypedResults.Ok(VersionAnswer.Of(version));
    }

    private static string[] Position(RecordedChange change) => [change.ChangedAt.ToString("O", CultureInfo.InvariantCulture), change.VersionId.ToString("D")];

    private static ChangePosition? PositionOf(string[] parts) =>
        parts is [var at, var id] && Instant.TryParse(Encoding.UTF8.GetBytes(at), out var changedAt) && Guid.TryParseExact(id, "D", out var versionId)
            ? new ChangePosition(changedAt, versionId)
            : null;
}

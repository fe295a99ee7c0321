using Ingest.Api.Attempts;
using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Quarantine;

internal static partial class QuarantineEndpoints
{
    public static IEndpointRouteBuilder MapQuarantine(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/quarantine", ListAsync)
            .WithName("quarantine")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Sync)
            .WithSummary("Rows that were put aside because they break a rule")
            .WithDescription(
                "By device. A manager sees those of the workspace, a member those of their own devices. A row leaves quarantine when its device "
                + "sends a good one of the same key, when a version of the server that learned a rule stores it, when it is replayed, or when it is discarded.")
            .Takes(QueryParameters.OptionalDeviceId, QueryParameters.IssueCode, QueryParameters.Kind, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "A rollup with a negative count", "answer-quarantine"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        routes.MapPost("/ingest/quarantine/replay", ReplayAsync)
            .WithName("quarantine-replay")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Sync)
            .WithSummary("Try quarantined rows of a device again")
            .WithDescription(
                "Under the rules of this version. A row that passes is stored where its envelope stood among those of the device: what a newer one "
                + "has written stays as it is. For managers.")
            .Means(StatusCodes.Status200OK, "Tried.", new AnswerExample("tried", "One row that still breaks a rule", "answer-replayed"))
            .TakesForm(SelectionOrder.Shape)
            .CanRefuse(ProblemCode.DeviceNotFound);
        routes.MapPost("/ingest/quarantine/discard", DiscardAsync)
            .WithName("quarantine-discard")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Sync)
            .WithSummary("Delete quarantined rows of a device")
            .WithDescription(
                "For good; a row that the device sends again is put aside again. For managers.")
            .Means(StatusCodes.Status200OK, "Deleted.", new AnswerExample("deleted", "Two rows are gone", "answer-discarded"))
            .TakesForm(SelectionOrder.Shape)
            .CanRefuse(ProblemCode.DeviceNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<QuarantineAnswer>, ProblemResult>> ListAsync(HttpContext context, IQuarantineStore quarantine)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.OptionalDeviceId();
        var code = query.OptionalChoice("code", IssueCodes.All.Select(issue => issue.Code));
        var kind = query.OptionalChoice("kind", RowKinds.WireNames);
        var limit = query.Limit();
        var scope = query.Scope("quarantine", context.Caller(), "device_id", "code", "kind");
        var after = query.After(scope, PlaceOf);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var filter = new QuarantineFilter(device, code, kind is null ? null : RowKinds.OfWireName(kind));
        var page = await quarantine.ListAsync(context.Caller(), filter, after, limit, context.RequestAborted);
        return new JsonAnswer<QuarantineAnswer>(new QuarantineAnswer(
            [.. page.Rows.Select(QuarantinedRowAnswer.Of)],
            page.Total,
            page.HasMore ? Cursor.Write(scope, page.Rows[^1].DeviceId, page.Rows[^1].Id.ToString("D")) : null));
    }

    private static async Task<Results<JsonAnswer<ReplayAnswer>, ProblemResult>> ReplayAsync(HttpContext context, BodyReader bodies, IQuarantineStore quarantine)
    {
        var (selection, problem) = await SelectAsync(context, bodies);
        if (problem is not null) return new ProblemResult(problem);
        var result = await quarantine.ReplayAsync(context.Caller(), context.Actor(), selection, context.RequestAborted);
        return result is null ? new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound)) : new JsonAnswer<ReplayAnswer>(ReplayAnswer.Of(result));
    }

    private static async Task<Results<JsonAnswer<DiscardAnswer>, ProblemResult>> DiscardAsync(
        HttpContext context, BodyReader bodies, IQuarantineStore quarantine, ILogger<QuarantineSelection> logger)
    {
        var (selection, problem) = await SelectAsync(context, bodies);
        if (problem is not null) return new ProblemResult(problem);
        var caller = context.Caller();
        if (await quarantine.DiscardAsync(caller, context.Actor(), selection, context.RequestAborted) is not { } discarded)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        Log.Discarded(logger, caller.KeyPrefix, caller.WorkspaceId, discarded, selection.DeviceId, context.AttemptId());
        return new JsonAnswer<DiscardAnswer>(new DiscardAnswer(discarded));
    }

    private static async Task<(QuarantineSelection Selection, Problem? Problem)> SelectAsync(HttpContext context, BodyReader bodies)
    {
        var (form, unread) = await bodies.ReadFormAsync(context, SelectionOrder.Shape);
        if (unread is not null) return (SelectionOrder.None, unread);
        var problem = SelectionOrder.Read(form, out var selection);
        return (selection, problem);
    }

    private static QuarantinePlace? PlaceOf(string[] parts) =>
        parts is [var device, var text] && DeviceId.TryNormalise(device, out var deviceId) && Guid.TryParseExact(text, "D", out var id)
            ? new QuarantinePlace(deviceId, id)
            : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Key {KeyPrefix}… of {WorkspaceId} discarded {Rows} quarantined rows of {DeviceId}, attempt {AttemptId}")]
        public static partial void Discarded(ILogger logger, string keyPrefix, string workspaceId, int rows, string deviceId, Guid attemptId);
    }
}

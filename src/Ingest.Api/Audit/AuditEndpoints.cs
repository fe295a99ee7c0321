using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Audit;

internal static class AuditEndpoints
{
    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audit", ListAsync)
            .WithName("audit")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Workspace)
            .WithSummary("Who did what")
            .WithDescription(
                "The newest first. An entry is written with what it tells of, and nobody changes or deletes one. No secret is in it, and no id of a device: a device "
                + "that was deleted is not named any more.\n\n" + string.Join('\n', AuditActions.Described.Select(one => $"- `{one.Action}`: {one.Meaning}")))
            .Takes(
                QueryParameters.AuditAction, QueryParameters.SubjectKind, QueryParameters.ActorUserId, QueryParameters.OptionalDeviceId, QueryParameters.DoneFrom,
                QueryParameters.DoneTo, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of it.", new AnswerExample("page", "A code that was redeemed, and the manager who made it", "answer-audit"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        return routes;
    }

    private static async Task<Results<JsonAnswer<AuditAnswer>, ProblemResult>> ListAsync(HttpContext context, IAuditReader audit)
    {
        var query = new QueryReader(context.Request.Query);
        var filter = new AuditFilter(
            query.OptionalChoice("action", AuditActions.All),
            query.OptionalChoice("subject_kind", AuditSubject.Kinds),
            query.OptionalUuid("user_id"),
            query.OptionalDeviceId(),
            query.OptionalInstant("from"),
            query.OptionalInstant("to"));
        var limit = query.Limit();
        var scope = query.Scope("audit", context.Caller(), "action", "subject_kind", "user_id", "device_id", "from", "to");
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var page = await audit.ListAsync(
            context.Caller().WorkspaceId, filter, after, limit, context.RequestAborted);
        return new JsonAnswer<AuditAnswer>(new AuditAnswer(
            [.. page.Entries.Select(AuditEntryAnswer.Of)],
            page.HasMore ? Cursor.Write(scope, new TimedPlace(page.Entries[^1].At, page.Entries[^1].EntryId)) : null));
    }
}

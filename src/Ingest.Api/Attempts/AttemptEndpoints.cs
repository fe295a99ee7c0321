using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Attempts;

internal static class AttemptEndpoints
{
    public static IReadOnlyList<(AttemptOutcome Value, string Name)> Outcomes { get; } = AnswerWords.Of<AttemptOutcome>();

    public static IEndpointRouteBuilder MapAttempts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/attempts", ListAsync)
            .WithName("attempts")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Sync)
            .WithSummary("Every attempt to sync and what became of it")
            .WithDescription(
                "The newest first. A manager sees those of the workspace, a member those of their own devices and those sent with their own keys. "
                + "Attempts are written a moment after their answers, and within ten seconds how often one of a busy device came again. They are kept for "
                + "`Retention__AttemptDays`, and of each device the newest 2000. What fails authentication is not among them.")
            .Takes(
                QueryParameters.OptionalDeviceId, QueryParameters.Outcome, QueryParameters.ProblemCodes, QueryParameters.FromInstant, QueryParameters.ToInstant,
                QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "An envelope that was stored, and a refused one before it", "answer-attempts"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        return routes;
    }

    private static async Task<Results<JsonAnswer<AttemptsAnswer>, ProblemResult>> ListAsync(HttpContext context, IAttemptReader attempts)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.OptionalDeviceId();
        var outcome = query.OptionalChoice("outcome", Outcomes);
        var filter = new AttemptFilter(
            device,
            outcome,
            query.OptionalChoice("code", ProblemCode.All.Select(code => code.Code)),
            query.OptionalInstant("from"),
            query.OptionalInstant("to"));
        var limit = query.Limit();
        var scope = query.Scope("attempts", context.Caller(), "device_id", "outcome", "code", "from", "to");
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var page = await attempts.ListAsync(context.Caller(), filter, after, limit, context.RequestAborted);
        return new JsonAnswer<AttemptsAnswer>(new AttemptsAnswer(
            [.. page.Attempts.Select(SyncAttemptAnswer.Of)],
            page.HasMore ? Cursor.Write(scope, new TimedPlace(page.Attempts[^1].ReceivedAt, page.Attempts[^1].AttemptId)) : null));
    }
}

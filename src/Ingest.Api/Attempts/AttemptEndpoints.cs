using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Paging;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Attempts;

internal static class AttemptEndpoints
{
    private const string Listing = "attempts";

    public static IReadOnlyList<string> Outcomes { get; } = ["accepted", "refused", "changed"];

    public static IEndpointRouteBuilder MapAttempts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/attempts", ListAsync)
            .WithName("attempts")
            .WithTags(ApiTags.Sync)
            .WithSummary("Every attempt to sync and what became of it")
            .WithDescription(
                "The newest first. A manager sees those of the workspace, a member those of their own devices and those sent with their own keys. "
                + "Attempts are written a moment after their answers, kept for `Retention__AttemptDays`, and of each device the newest 2000. "
                + "What fails authentication is not among them.")
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "An envelope that was stored, and a refused one before it", "answer-attempts"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor)
            .AddOpenApiOperationTransformer(ListOperations.DescribeAttemptsAsync);
        return routes;
    }

    private static async Task<Results<Ok<AttemptsAnswer>, ProblemResult>> ListAsync(HttpContext context, IAttemptReader attempts)
    {
        var caller = context.Caller();
        var query = new ListQuery(context.Request.Query);
        var outcome = query.OneOf("outcome", Outcomes);
        var filter = new AttemptFilter(
            query.DeviceId(),
            outcome is null ? null : Enum.Parse<AttemptOutcome>(outcome, ignoreCase: true),
            query.OneOf("code", ProblemCode.All.Select(code => code.Code)),
            query.Instant("from"),
            query.Instant("to"));
        var limit = query.Limit();
        var after = PlaceOf(query, caller, filter);
        if (query.Problem is { } problem) return new ProblemResult(problem);

        var found = await attempts.ListAsync(caller, filter, after, limit + 1, context.RequestAborted);
        var page = found.Take(limit).ToList();
        var next = found.Count > limit ? Cursor.For(Listing, Subject(caller, filter)).At(page[^1].ReceivedAt).At(page[^1].AttemptId).ToString() : null;
        return TypedResults.Ok(new AttemptsAnswer(page.ConvertAll(SyncAttemptAnswer.Of), next));
    }

    private static AttemptPlace? PlaceOf(ListQuery query, Caller caller, AttemptFilter filter)
    {
        if (query.Cursor() is not { } text) return null;
        if (CursorReader.TryOpen(text, out var cursor, Listing, Subject(caller, filter))
            && cursor.TryTake(out DateTimeOffset receivedAt) && cursor.TryTake(out Guid attemptId) && cursor.IsAtEnd)
        {
            return new AttemptPlace(Instant.ToMicroseconds(receivedAt), attemptId);
        }

        query.RefuseCursor();
        return null;
    }

    private static string?[] Subject(Caller caller, AttemptFilter filter) =>
        [caller.WorkspaceId, filter.DeviceId, filter.Outcome?.ToString(), filter.Code, filter.From?.ToString("O"), filter.To?.ToString("O")];
}

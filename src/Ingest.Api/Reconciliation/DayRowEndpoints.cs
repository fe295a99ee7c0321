using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Quarantine;
using Ingest.Api.Queries;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Reconciliation;

internal static class DayRowEndpoints
{
    public static IEndpointRouteBuilder MapDayRows(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/rows", GetAsync)
            .WithName("rows")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Reconciliation)
            .WithSummary("Every row of one device-day, and what became of it")
            .WithDescription(
                "Live rows count; ghosts are kept and count no more, since the device no longer has them; quarantined ones break a rule. Each names the attempt that "
                + "wrote it. A day of which nothing is stored has no rows.")
            .Takes(QueryParameters.DeviceId, QueryParameters.BucketDay, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "One page of rows.", new AnswerExample("three_rows", "A live row, a ghost and a quarantined row", "answer-rows"))
            .CanRefuse(
                ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor, ProblemCode.DeviceNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<DayRowsAnswer>, ProblemResult>> GetAsync(
        HttpContext context, IDayRowReader rows, IngestSettings settings, TimeProvider time)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        var day = query.Day("bucket_day");
        var limit = query.Limit();
        var scope = query.Scope("rows", context.Caller(), "device_id", "bucket_day");
        var after = query.After(scope, parts => KeyOf(day, parts));
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        if (await rows.ReadAsync(context.Caller(), device, day, after, limit, context.RequestAborted) is not { } found)
            return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        return new JsonAnswer<DayRowsAnswer>(new DayRowsAnswer
        {
            DeviceId = device,
            BucketDay = day,
            State = found.Entry is { } entry ? DayStateRule.Of(entry, found.ConfirmedDay, time.GetUtcNow(), settings.Ledger) : null,
            Rows = [.. found.Rows.Select(DayRowAnswer.Of)],
            Quarantined = [.. found.Quarantined.Select(QuarantinedRowAnswer.Of)],
            QuarantinedRows = after is null ? found.QuarantinedRows : null,
            NextCursor = found.HasMore ? Cursor.Write(scope, Position(found.Rows[^1].Row.Key)) : null,
        });
    }

    private static string[] Position(RollupKey key) => [key.Role, key.Provider, key.Model, key.RepoId, key.GitBranch, key.Surface];

    private static RollupKey? KeyOf(DateOnly day, string[] parts) => parts is [var role, var provider, var model, var repo, var branch, var surface]
        ? new RollupKey(day, role, provider, model, repo, branch, surface)
        : null;
}

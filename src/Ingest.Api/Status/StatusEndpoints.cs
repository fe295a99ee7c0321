using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Health;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Status;

internal static class StatusEndpoints
{
    public static IEndpointRouteBuilder MapStatus(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/status", GetAsync)
            .WithName("status")
            .WithTags(ApiTags.Sync)
            .WithSummary("How the sync of one device is doing")
            .WithDescription("A device of another workspace is answered like one that does not exist.")
            .Means(StatusCodes.Status200OK, "What the server knows of the device.", new AnswerExample("healthy", "A device in contact", "answer-status"))
            .Takes(QueryParameters.DeviceId)
            .CanRefuse(ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound);
        return routes;
    }

    private static async Task<Results<Ok<StatusAnswer>, ProblemResult>> GetAsync(
        HttpContext context, ISyncStatusReader statuses, IngestSettings settings, TimeProvider time)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var status = await statuses.FindAsync(context.Caller(), device, context.RequestAborted);
        if (status is null) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
        return TypedResults.Ok(StatusAnswer.Of(status, time.GetUtcNow(), settings.GraceDays));
    }
}

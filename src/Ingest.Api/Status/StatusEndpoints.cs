using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Status;

internal static class StatusEndpoints
{
    public static IEndpointRouteBuilder MapStatus(this IEndpointRouteBuilder routes)
    {
        var (statuses, settings, time) = (
            routes.ServiceProvider.GetRequiredService<ISyncStatusReader>(), routes.ServiceProvider.GetRequiredService<IngestSettings>(),
            routes.ServiceProvider.GetRequiredService<TimeProvider>());
        var get = (HttpContext context) => GetAsync(context, statuses, settings, time);
        routes.MapGet("/ingest/status", get)
            .WithName("status")
            .Needs(Permission.ReadStatus)
            .WithTags(ApiTags.Sync)
            .WithSummary("How the sync of one device is doing")
            .WithDescription("A device of another workspace is answered like one that does not exist.")
            .Means(StatusCodes.Status200OK, "What the server knows of the device.", new AnswerExample("healthy", "A device in contact", "answer-status"))
            .Takes(QueryParameters.DeviceId)
            .CanRefuse(ProblemCode.MissingDeviceId, ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<StatusAnswer>, ProblemResult>> GetAsync(
        HttpContext context, ISyncStatusReader statuses, IngestSettings settings, TimeProvider time)
    {
        var query = new QueryReader(context.Request.Query);
        var device = query.DeviceId();
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        // A key for one device asks about that one alone.
        var caller = context.Caller();
        var isOther = caller.BoundDeviceId is { } own && own != device;
        var status = isOther ? null : await statuses.FindAsync(caller, device, context.RequestAborted);
        if (status is null) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
        return new JsonAnswer<StatusAnswer>(StatusAnswer.Of(status, time.GetUtcNow(), settings.GraceDays));
    }
}

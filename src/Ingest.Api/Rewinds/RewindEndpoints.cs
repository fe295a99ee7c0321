using Ingest.Api.Attempts;
using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Rewinds;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Rewinds;

internal static partial class RewindEndpoints
{
    public static IEndpointRouteBuilder MapRewinds(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/ingest/rewind", PostAsync)
            .WithName("rewind")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Sync)
            .WithSummary("Ask devices to send again")
            .WithDescription(
                "For managers. The devices are told with the answers to their next envelopes, a bounded number of them a minute, so it takes a while until all have sent: "
                + "`rewinds` of a device's status says how far it is. What is stored already is not written again. `verify` has every day that comes again "
                + "compared row by row, whatever its digest says.")
            .Means(StatusCodes.Status200OK, "Taken down; carried out with the next envelopes.", new AnswerExample("requested", "Three devices, from a day on", "answer-rewind"))
            .TakesForm(RewindOrder.Shape)
            .CanRefuse(ProblemCode.DeviceNotFound);
        return routes;
    }

    private static async Task<Results<JsonAnswer<RewindAnswer>, ProblemResult>> PostAsync(
        HttpContext context, BodyReader bodies, RewindRequests rewinds, TimeProvider time, ILogger<RewindOrder> logger)
    {
        var (form, unread) = await bodies.ReadFormAsync(context, RewindOrder.Shape);
        if (unread is not null) return new ProblemResult(unread);
        if (RewindOrder.Read(form, Day.Of(time.GetUtcNow()), out var order) is { } problem) return new ProblemResult(problem);

        var caller = context.Caller();
        var requested = await rewinds.RequestAsync(caller.WorkspaceId, context.Actor(), order.DeviceId, order.From, order.Verify, context.RequestAborted);
        if (requested is null) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
        Log.Requested(logger, caller.KeyPrefix, caller.WorkspaceId, requested.Devices, requested.From, context.AttemptId());
        return new JsonAnswer<RewindAnswer>(new RewindAnswer(requested.Devices, requested.From, requested.Verify));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Key {KeyPrefix}… of {WorkspaceId} asked {Devices} devices to send again from {From:yyyy-MM-dd} on, attempt {AttemptId}")]
        public static partial void Requested(ILogger logger, string keyPrefix, string workspaceId, int devices, DateOnly from, Guid attemptId);
    }
}

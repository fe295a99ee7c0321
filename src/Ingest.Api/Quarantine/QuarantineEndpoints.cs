using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Api.Paging;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Quarantine;

internal static class QuarantineEndpoints
{
    private const string Listing = "quarantine";

    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetValues<RowKind>().Select(kind => kind.WireName())];

    public static IServiceCollection AddQuarantine(this IServiceCollection services) => services.AddSingleton<SelectionReader>();

    public static IEndpointRouteBuilder MapQuarantine(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ingest/quarantine", ListAsync)
            .WithName("quarantine")
            .WithTags(ApiTags.Sync)
            .WithSummary("Rows that were put aside because they break a rule")
            .WithDescription(
                "By device. A manager sees those of the workspace, a member those of their own devices. A row leaves quarantine when its device "
                + "sends a good one of the same key, when a version of the server that learned a rule stores it, when it is replayed, or when it is discarded.")
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "A rollup with a negative count", "answer-quarantine"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.InvalidParameter, ProblemCode.InvalidCursor)
            .AddOpenApiOperationTransformer(ListOperations.DescribeQuarantineAsync);
        routes.MapPost("/ingest/quarantine/replay", ReplayAsync)
            .WithName("quarantine-replay")
            .WithTags(ApiTags.Sync)
            .WithSummary("Try quarantined rows of a device again")
            .WithDescription(
                "Under the rules of this version. A row that passes is stored where its envelope stood among those of the device: what a newer one "
                + "has written stays as it is. For managers, and for the owner of the device.")
            .Means(StatusCodes.Status200OK, "Tried.", new AnswerExample("tried", "One row that still breaks a rule", "answer-replayed"))
            .CanRefuse([.. SelectionReader.Refusals, ProblemCode.DeviceNotFound])
            .AddOpenApiOperationTransformer(SelectionOperation.DescribeAsync);
        routes.MapPost("/ingest/quarantine/discard", DiscardAsync)
            .WithName("quarantine-discard")
            .WithTags(ApiTags.Sync)
            .WithSummary("Delete quarantined rows of a device")
            .WithDescription(
                "For good; a row that the device sends again is put aside again. For managers, and for the owner of the device.")
            .Means(StatusCodes.Status200OK, "Deleted.", new AnswerExample("deleted", "Two rows are gone", "answer-discarded"))
            .CanRefuse([.. SelectionReader.Refusals, ProblemCode.DeviceNotFound])
            .AddOpenApiOperationTransformer(SelectionOperation.DescribeAsync);
        return routes;
    }

    private static async Task<Results<Ok<QuarantineAnswer>, ProblemResult>> ListAsync(HttpContext context, IQuarantineStore quarantine)
    {
        var caller = context.Caller();
        var query = new ListQuery(context.Request.Query);
        var kind = query.OneOf("kind", Kinds);
        var filter = new QuarantineFilter(query.DeviceId(), query.OneOf("code", IssueCodes.All.Select(issue => issue.Code)), kind is null ? null : RowKinds.OfWireName(kind));
        var limit = query.Limit();
        var after = PlaceOf(query, caller, filter);
        if (query.Problem is { } problem) return new ProblemResult(problem);

        var (found, total) = await quarantine.ListAsync(caller, filter, after, limit + 1, context.RequestAborted);
        var page = found.Take(limit).ToList();
        var next = found.Count > limit ? Cursor.For(Listing, Subject(caller, filter)).At(page[^1].DeviceId).At(page[^1].Id).ToString() : null;
        return TypedResults.Ok(new QuarantineAnswer(page.ConvertAll(QuarantinedRowAnswer.Of), total, next));
    }

    private static async Task<Results<Ok<ReplayAnswer>, ProblemResult>> ReplayAsync(HttpContext context, SelectionReader selections, IQuarantineStore quarantine)
    {
        var (selection, problem) = await selections.ReadAsync(context);
        if (selection is null) return new ProblemResult(problem!);
        var result = await quarantine.ReplayAsync(context.Caller(), selection, context.RequestAborted);
        return result is null ? new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound)) : TypedResults.Ok(ReplayAnswer.Of(result));
    }

    private static async Task<Results<Ok<DiscardAnswer>, ProblemResult>> DiscardAsync(HttpContext context, SelectionReader selections, IQuarantineStore quarantine)
    {
        var (selection, problem) = await selections.ReadAsync(context);
        if (selection is null) return new ProblemResult(problem!);
        var discarded = await quarantine.DiscardAsync(context.Caller(), selection, context.RequestAborted);
        return discarded is { } count ? TypedResults.Ok(new DiscardAnswer(count)) : new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
    }

    private static QuarantinePlace? PlaceOf(ListQuery query, Caller caller, QuarantineFilter filter)
    {
        if (query.Cursor() is not { } text) return null;
        if (CursorReader.TryOpen(text, out var cursor, Listing, Subject(caller, filter))
            && cursor.TryTake(out string deviceId) && cursor.TryTake(out Guid id) && cursor.IsAtEnd)
        {
            return new QuarantinePlace(deviceId, id);
        }

        query.RefuseCursor();
        return null;
    }

    private static string?[] Subject(Caller caller, QuarantineFilter filter) => [caller.WorkspaceId, filter.DeviceId, filter.Code, filter.Kind?.ToString()];
}

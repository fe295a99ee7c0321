using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Devices;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Identity;
using Ingest.Domain.Merging;
using Ingest.Persistence.Merging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Merging;

/// <summary>One device, two ids.</summary>
internal static class MergeEndpoints
{
    public static IEndpointRouteBuilder MapMerging(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/devices/duplicates", ListAsync)
            .WithName("duplicates")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("Devices that may be one under two ids")
            .WithDescription(
                "Pairs of devices of one person that hold the very same usage on some days, or sent the same sessions, over all that is stored. It proposes and never acts: "
                + "both count until somebody merges them, or declares them to be two. What was decided is not in the list.")
            .Means(StatusCodes.Status200OK, "The pairs.", new AnswerExample("reinstalled", "A laptop that was set up anew", "answer-duplicates"));
        routes.MapGet("/devices/{device_id}/merge", PreviewAsync)
            .WithName("merge-preview")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("What it would do to take two ids for one device")
            .WithDescription("Sums before and after, and the days that both ids hold. It changes nothing; the merge itself asks for the `ETag` of this answer.")
            .Takes(QueryParameters.DevicePath, QueryParameters.Into, QueryParameters.MergeAs)
            .Means(StatusCodes.Status200OK, "What would change.", new AnswerExample("continue", "A day that both ids hold", "answer-merge"))
            .CanRefuse(ProblemCode.InvalidParameter, ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.Conflict, ProblemCode.InvalidRequest)
            .AddOpenApiOperationTransformer(PreviewOperation.DescribeAsync);
        routes.MapPost("/devices/{device_id}/merge", MergeAsync)
            .WithName("merge")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("Take two ids for one device")
            .WithDescription(
                "Decides which stored days are added up, and changes none of them: it can be undone at any time, and envelopes of either id are stored as ever. "
                + "An id is merged into one other at most; that one may be merged into a third.")
            .Takes(QueryParameters.DevicePath, QueryParameters.RequiredIfMatch)
            .TakesForm(MergeForms.Merge)
            .Means(StatusCodes.Status200OK, "It is decided.", new AnswerExample("continue", "A day that both ids hold", "answer-merge"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.Conflict, ProblemCode.PreconditionRequired, ProblemCode.PreconditionFailed);
        routes.MapDelete("/devices/{device_id}/merge", UndoAsync)
            .WithName("merge-undo")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("Take a merge back")
            .WithDescription("Every sum is again what it would be had it never been decided.")
            .Takes(QueryParameters.DevicePath)
            .Means(StatusCodes.Status200OK, "It is undone.", new AnswerExample("undone", "Both ids count again", "answer-merge-undone"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.Conflict, ProblemCode.InvalidRequest);
        routes.MapPost("/devices/{device_id}/distinct", DeclareAsync)
            .WithName("distinct")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("Declare that two devices are two")
            .WithDescription("They are no longer proposed, and usage no longer says that they may be one. Said again it changes nothing.")
            .Takes(QueryParameters.DevicePath)
            .TakesForm(MergeForms.Distinct)
            .Means(StatusCodes.Status200OK, "It is decided.", new AnswerExample("declared", "Two machines of one person", "answer-distinct"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.Conflict);
        routes.MapDelete("/devices/{device_id}/distinct/{other_device_id}", WithdrawAsync)
            .WithName("distinct-undo")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("Take back that two devices are two")
            .WithDescription("Where they still hold the same they are proposed again.")
            .Takes(QueryParameters.DevicePath, QueryParameters.OtherDevicePath)
            .Means(StatusCodes.Status200OK, "It is undone.", new AnswerExample("withdrawn", "Two devices that may be one after all", "answer-distinct-undone"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.Conflict);
        return routes;
    }

    private static async Task<JsonAnswer<DuplicatesAnswer>> ListAsync(HttpContext context, DuplicateReader duplicates)
    {
        var report = await duplicates.ReadAsync(context.Caller().WorkspaceId, MergeLimits.Candidates, context.RequestAborted);
        return new JsonAnswer<DuplicatesAnswer>(new DuplicatesAnswer([.. report.Candidates.Select(DuplicateAnswer.Of)], report.Count));
    }

    private static async Task<Results<PreviewAnswer, ProblemResult>> PreviewAsync(HttpContext context, MergeStore merges)
    {
        var query = new QueryReader(context.Request.Query);
        var (into, kind) = (query.DeviceId(MergeForms.Into), query.Choice(MergeForms.As, MergeKinds.Names));
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);
        if (DeviceWork.DeviceOf(context, out var device) is { } invalid) return new ProblemResult(invalid);

        var preview = await merges.PreviewAsync(context.Caller().WorkspaceId, new DeviceMerge(device, into, MergeKinds.Parse(kind)), context.RequestAborted);
        return new PreviewAnswer(preview);
    }

    private static async Task<Results<JsonAnswer<MergeAnswer>, ProblemResult>> MergeAsync(HttpContext context, BodyReader bodies, MergeStore merges)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, MergeForms.Merge);
        if (problem is not null) return new ProblemResult(problem);
        if (DeviceWork.DeviceOf(context, out var device) is { } invalid) return new ProblemResult(invalid);
        var expected = context.Request.Headers.IfMatch;
        if (expected.Count == 0) return new ProblemResult(Problem.Of(ProblemCode.PreconditionRequired));

        var merge = new DeviceMerge(device, form.Text(MergeForms.Into)!, MergeKinds.Parse(form.Text(MergeForms.As)!));
        var done = await merges.MergeAsync(
            context.Caller().WorkspaceId, context.Actor(), merge, preview => EntityTags.Matches(expected, PreviewAnswer.TagOf(preview)), context.RequestAborted);
        return new JsonAnswer<MergeAnswer>(MergeAnswer.Of(done));
    }

    private static async Task<Results<JsonAnswer<UndoneMergeAnswer>, ProblemResult>> UndoAsync(HttpContext context, MergeStore merges)
    {
        if (DeviceWork.DeviceOf(context, out var device) is { } invalid) return new ProblemResult(invalid);
        return new JsonAnswer<UndoneMergeAnswer>(UndoneMergeAnswer.Of(
            await merges.UndoAsync(context.Caller().WorkspaceId, context.Actor(), device, context.RequestAborted)));
    }

    private static async Task<Results<JsonAnswer<DistinctAnswer>, ProblemResult>> DeclareAsync(HttpContext context, BodyReader bodies, MergeStore merges)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, MergeForms.Distinct);
        if (problem is not null) return new ProblemResult(problem);
        if (DeviceWork.DeviceOf(context, out var device) is { } invalid) return new ProblemResult(invalid);

        var other = form.Text(MergeForms.Other)!;
        var changed = await merges.DeclareDistinctAsync(context.Caller().WorkspaceId, context.Actor(), new DevicePair(device, other), context.RequestAborted);
        return new JsonAnswer<DistinctAnswer>(new DistinctAnswer(device, other, Distinct: true, changed));
    }

    private static async Task<Results<JsonAnswer<DistinctAnswer>, ProblemResult>> WithdrawAsync(HttpContext context, MergeStore merges)
    {
        if (DeviceWork.DeviceOf(context, out var device) is { } invalid) return new ProblemResult(invalid);
        if (DeviceWork.DeviceOf(context, out var other, MergeForms.Other) is { } alsoInvalid) return new ProblemResult(alsoInvalid);
        var changed = await merges.WithdrawDistinctAsync(context.Caller().WorkspaceId, context.Actor(), new DevicePair(device, other), context.RequestAborted);
        return new JsonAnswer<DistinctAnswer>(new DistinctAnswer(device, other, Distinct: false, changed));
    }
}

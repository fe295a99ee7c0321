using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain.Devices;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Devices;

internal static class DeviceEndpoints
{
    private static readonly FormShape Change = new(
        "What to change; what is left out stays.",
        """{"name":"Ada's laptop"}""",
        new FormField("name", FormKind.Text, "What people call it. Null: nothing but what it calls itself.") { Most = DeviceStore.MostText },
        new FormField("owner_user_id", FormKind.Uuid, "The member whose it is from now on."));

    private static readonly FormShape Decision = new(
        "Why, if that shall be said.",
        """{"reason":"The laptop is being repaired"}""",
        new FormField("reason", FormKind.Text, "The device is told so, and its status says so.") { Most = DeviceStore.MostText });

    public static IEndpointRouteBuilder MapDevices(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/devices", ListAsync)
            .WithName("devices")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Devices)
            .WithSummary("Devices, and how each is doing")
            .WithDescription("By id. Members see their own devices, viewers and managers all of the workspace.")
            .Takes(QueryParameters.OwnerUserId, QueryParameters.Standing, QueryParameters.HealthState, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "One device", "answer-devices"))
            .CanRefuse(ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        routes.MapGet("/devices/{device_id}", GetAsync)
            .WithName("device")
            .Needs(Permission.Read)
            .WithTags(ApiTags.Devices)
            .WithSummary("One device")
            .WithDescription("Its entity tag is what a change of it may name as `If-Match`.")
            .Takes(QueryParameters.DevicePath)
            .Means(StatusCodes.Status200OK, "The device.", new AnswerExample("device", "A device", "answer-device"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound);
        routes.MapPatch("/devices/{device_id}", ChangeAsync)
            .WithName("device-change")
            .Changes("Rename a device, or give it to somebody else", "What the device calls itself stays as it is. A new owner sees all that it ever sent; what an owner of the workspace has, only an owner gives away.", Change)
            .CanRefuse(ProblemCode.MemberNotFound, ProblemCode.OwnerNeeded);
        routes.MapPost("/devices/{device_id}/pause", (HttpContext context, BodyReader bodies, DeviceWork work) => work.DecideAsync(context, bodies, Decision, DeviceStanding.Paused))
            .WithName("device-pause")
            .Changes("Let a device wait", "Its envelopes are answered 503 until somebody resumes it: it keeps what it has and tries again, and nothing is lost.", Decision);
        routes.MapPost("/devices/{device_id}/resume", (HttpContext context, BodyReader bodies, DeviceWork work) => work.DecideAsync(context, bodies, Decision, DeviceStanding.Active))
            .WithName("device-resume")
            .Changes("Let a device go on", "Also one that was revoked.", Decision);
        routes.MapPost("/devices/{device_id}/revoke", (HttpContext context, BodyReader bodies, DeviceWork work) => work.DecideAsync(context, bodies, Decision, DeviceStanding.Revoked))
            .WithName("device-revoke")
            .Changes("Take no more envelopes of a device", "They are answered 403. What it sent stays, and counts. It does not count as one of the devices the workspace may have.", Decision);
        routes.MapGet("/devices/{device_id}/contents", CountAsync)
            .WithName("device-contents")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("All that is stored of a device")
            .WithDescription("What a deletion would take away. It asks for the entity tag of this answer.")
            .Takes(QueryParameters.DevicePath)
            .Means(StatusCodes.Status200OK, "Counts and sums.", new AnswerExample("contents", "A device with little history", "answer-device-contents"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound)
            .AddOpenApiOperationTransformer(TaggedOperation.DescribeAsync);
        routes.MapDelete("/devices/{device_id}", DeleteAsync)
            .WithName("device-delete")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Devices)
            .WithSummary("Delete a device and all that it sent")
            .WithDescription(
                "For good: no row of the database names it any more, and no sum holds what it used. `If-Match` must name the entity tag of its contents as they are. "
                + "Keys that are for this device alone are revoked. A device that goes on sending is answered 403 until it is enrolled anew. One that others were merged into is kept until that is undone.")
            .Takes(QueryParameters.DevicePath, QueryParameters.RequiredIfMatch)
            .Means(StatusCodes.Status200OK, "The receipt.", new AnswerExample("receipt", "What went", "answer-device-deleted"))
            .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.PreconditionRequired, ProblemCode.PreconditionFailed, ProblemCode.Conflict);
        return routes;
    }

    private static TBuilder Changes<TBuilder>(this TBuilder builder, string summary, string description, FormShape shape)
        where TBuilder : IEndpointConventionBuilder => builder
        .Needs(Permission.Manage)
        .WithTags(ApiTags.Devices)
        .WithSummary(summary)
        .WithDescription(description)
        .Takes(QueryParameters.DevicePath, QueryParameters.IfMatch)
        .TakesForm(shape)
        .Means(StatusCodes.Status200OK, "The device as it is now.", new AnswerExample("device", "A device", "answer-device"))
        .CanRefuse(ProblemCode.InvalidDeviceId, ProblemCode.DeviceNotFound, ProblemCode.PreconditionFailed);

    private static async Task<Results<JsonAnswer<DevicesAnswer>, ProblemResult>> ListAsync(
        HttpContext context, IDeviceReader devices, ISyncStatusReader statuses, TimeProvider time)
    {
        var query = new QueryReader(context.Request.Query);
        var owner = query.OptionalUuid("owner_user_id");
        var standing = query.OptionalChoice("standing", DeviceWords.Standings);
        var state = query.OptionalChoice("state", DeviceWords.States);
        var limit = query.Limit();
        var caller = context.Caller();
        var scope = query.Scope("devices", caller, "owner_user_id", "standing", "state");
        var after = query.AfterText(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var now = time.GetUtcNow();
        var filter = new DeviceFilter(owner, standing is null ? null : DeviceWords.StandingOf(standing));
        var found = new List<DeviceAnswer>();

        // A state is a verdict on facts, which no index knows: pages are read until one is full.
        while (true)
        {
            var page = await devices.ListAsync(caller, filter, after, PageLimits.Most, context.RequestAborted);
            if (page.Count == 0) break;
            var facts = (await statuses.FindAllAsync(caller, [.. page.Select(device => device.DeviceId)], context.RequestAborted))
                .ToDictionary(status => status.DeviceId, StringComparer.Ordinal);
            foreach (var device in page)
            {
                // One that was deleted between the two reads is gone.
                if (!facts.TryGetValue(device.DeviceId, out var status)) continue;
                var answer = DeviceAnswer.Of(device, status, now);
                if (state is null || DeviceWords.StateOf(state) == answer.Health.State) found.Add(answer);
                if (found.Count > limit) break;
            }

            if (found.Count > limit || page.Count < PageLimits.Most) break;
            after = page[^1].DeviceId;
        }

        var hasMore = found.Count > limit;
        if (hasMore) found.RemoveAt(limit);
        return new JsonAnswer<DevicesAnswer>(new DevicesAnswer(found, hasMore ? Cursor.Write(scope, found[^1].DeviceId) : null));
    }

    private static async Task<Results<RevisedAnswer<DeviceAnswer>, ProblemResult>> GetAsync(HttpContext context, DeviceWork work, IDeviceReader devices)
    {
        if (DeviceWork.DeviceOf(context, out var device) is { } problem) return new ProblemResult(problem);
        return await devices.FindAsync(context.Caller(), device, context.RequestAborted) is { } found
            ? await work.AnswerAsync(context, found)
            : new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));
    }

    private static async Task<Results<RevisedAnswer<DeviceAnswer>, ProblemResult>> ChangeAsync(HttpContext context, BodyReader bodies, DeviceWork work, DeviceStore store)
    {
        if (DeviceWork.DeviceOf(context, out var device) is { } invalid) return new ProblemResult(invalid);
        var (form, problem) = await bodies.ReadFormAsync(context, Change);
        if (problem is not null) return new ProblemResult(problem);

        var name = form.Text("name")?.Trim() is { Length: > 0 } text ? text : null;
        return await work.AnswerAsync(context, await store.ChangeAsync(
            context.Caller().WorkspaceId,
            device,
            new DeviceChange(form.Has("name"), name, form.Uuid("owner_user_id")),
            Revision.Expected(context),
            context.Actor(),
            context.RequestAborted));
    }

    private static async Task<Results<TaggedJson<ContentsAnswer>, ProblemResult>> CountAsync(HttpContext context, DeviceStore store)
    {
        if (DeviceWork.DeviceOf(context, out var device) is { } problem) return new ProblemResult(problem);
        return new TaggedJson<ContentsAnswer>(new ContentsAnswer(await store.CountAsync(context.Caller().WorkspaceId, device, context.RequestAborted)));
    }

    private static async Task<Results<JsonAnswer<DeletionAnswer>, ProblemResult>> DeleteAsync(HttpContext context, DeviceStore store)
    {
        if (DeviceWork.DeviceOf(context, out var device) is { } problem) return new ProblemResult(problem);
        var expected = context.Request.Headers.IfMatch;
        if (expected.Count == 0)
        {
            return new ProblemResult(new Problem(
                ProblemCode.PreconditionRequired, $"What is deleted is gone: ask GET /v1/devices/{device}/contents first, and send its ETag as If-Match."));
        }

        var receipt = await store.DeleteAsync(
            context.Caller().WorkspaceId,
            device,
            contents => EntityTags.Matches(expected, EntityTags.Of(JsonAnswer<ContentsAnswer>.BytesOf(new ContentsAnswer(contents)))),
            context.Actor(),
            context.RequestAborted);
        return new JsonAnswer<DeletionAnswer>(DeletionAnswer.Of(receipt));
    }
}

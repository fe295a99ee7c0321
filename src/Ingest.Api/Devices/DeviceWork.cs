using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.Queries;
using Ingest.Domain.Devices;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Devices;

/// <summary>What the addresses of one device have in common.</summary>
internal sealed class DeviceWork(DeviceStore store, ISyncStatusReader statuses, TimeProvider time)
{
    /// <param name="context">The request.</param>
    /// <param name="device">The device of the address, as it is stored.</param>
    /// <param name="name">Which part of the address names it.</param>
    /// <returns>What is wrong with the address, or null.</returns>
    public static Problem? DeviceOf(HttpContext context, out string device, string name = "device_id")
    {
        device = DeviceId.TryNormalise(context.GetRouteValue(name) as string, out var id) ? id : "";
        return id is null ? Problem.Of(ProblemCode.InvalidDeviceId) : null;
    }

    public async Task<Results<RevisedAnswer<DeviceAnswer>, ProblemResult>> DecideAsync(HttpContext context, BodyReader bodies, FormShape shape, DeviceStanding standing)
    {
        if (DeviceOf(context, out var device) is { } invalid) return new ProblemResult(invalid);
        var (form, problem) = await bodies.ReadFormAsync(context, shape);
        if (problem is not null) return new ProblemResult(problem);
        return await AnswerAsync(context, await store.SetStandingAsync(
            context.Caller().WorkspaceId, device, standing, form.Text("reason"), Revision.Expected(context), context.Actor(), context.RequestAborted));
    }

    public async Task<Results<RevisedAnswer<DeviceAnswer>, ProblemResult>> AnswerAsync(HttpContext context, DeviceRecord device)
    {
        var status = await statuses.FindAllAsync(context.Caller(), [device.DeviceId], context.RequestAborted);
        return status.Count == 0
            ? new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound))
            : new RevisedAnswer<DeviceAnswer>(DeviceAnswer.Of(device, status[0], time.GetUtcNow()), device.Revision);
    }
}

using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Devices;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>Puts the page of one device together from the readers that the API answers with.</summary>
internal sealed class DevicePage(
    IDeviceReader devices,
    ISyncStatusReader statuses,
    IFleetViewReader fleets,
    IAttemptReader attempts,
    IChangeReader changes,
    IQuarantineStore quarantine,
    IngestSettings settings,
    TimeProvider time)
{
    private const int Weeks = 13;
    private const int DaysOfWeek = 7;
    private const int AttemptsShown = 20;
    private const int ChangesShown = 20;
    private const int RowsShown = 20;

    /// <returns>The page, or why there is none: what is not there, and what is not the caller's, are refused alike.</returns>
    public async Task<IResult> ShowAsync(HttpContext context, string deviceId)
    {
        var caller = context.Caller();
        var query = new QueryReader(context.Request.Query);
        string[] scope = ["device-page-attempts", caller.WorkspaceId, deviceId];
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var (now, cancellation) = (time.GetUtcNow(), context.RequestAborted);
        var record = await devices.FindAsync(caller, deviceId, cancellation);

        // A key for one device asks about no other one, unless that is stored and its owner's.
        var mayBeRefused = caller.BoundDeviceId is not { } own || own == deviceId;
        var status = record is null && !mayBeRefused ? null : await statuses.FindAsync(caller, deviceId, cancellation);
        if (status is null) return new ProblemResult(Problem.Of(ProblemCode.DeviceNotFound));

        var device = record is null ? null : FleetDevice.Of(record, status, now);
        var days = device is null ? [] : await DaysAsync(caller, device, now, cancellation);
        var tried = await attempts.ListAsync(caller, new AttemptFilter(deviceId, null, null, null, null), after, AttemptsShown, cancellation);
        var changed = device is null ? null : await changes.ListAsync(caller, deviceId, DayRange.All, null, ChangesShown, cancellation);
        var aside = status.QuarantinedRows == 0
            ? new QuarantinePage([], 0, false)
            : await quarantine.ListAsync(caller, new QuarantineFilter(deviceId, null, null), null, RowsShown, cancellation);
        var health = SyncHealthOf(status, now);
        var target = new RemedyTarget(caller.WorkspaceId, deviceId, record?.OwnerName);
        return new PageResult<DeviceView, DeviceModel>(new DeviceModel(
            deviceId,
            device,
            status,
            health,
            [.. Advice(device, status, health, days, target, now)],
            days,
            tried,
            tried.HasMore ? $"{FleetAddress.OfDevice(deviceId)}?cursor={Cursor.Write(scope, new TimedPlace(tried.Attempts[^1].ReceivedAt, tried.Attempts[^1].AttemptId))}#attempts" : null,
            changed ?? new ChangePage([], false),
            aside,
            target.EnrolThis,
            PermissionRule.Allows(caller.Scopes, Permission.Manage)));
    }

    private static Domain.Health.SyncHealth SyncHealthOf(DeviceStatus status, DateTimeOffset now) => Domain.Health.SyncHealth.Of(status.Facts, now);

    /// <summary>What is said of the key is said once, where the state follows from it. That a device is in contact is no news where something else is wrong.</summary>
    private static IEnumerable<DeviceAdvice> Advice(
        FleetDevice? device, DeviceStatus status, Domain.Health.SyncHealth health, IReadOnlyList<CoverageDay> days, RemedyTarget target, DateTimeOffset now)
    {
        var ofState = new DeviceAdvice(health.Reason, RemedyRule.Of(status, health, target, now));
        IReadOnlyList<Concern> concerns = device is null ? [] : [.. device.Concerns, .. ConcernRule.Of(days)];
        var others = concerns.OrderBy(concern => concern.Kind).Select(concern => new DeviceAdvice(concern.Text, RemedyRule.Of(concern.Kind, target)))
            .Where(advice => advice.Remedy.Summary != ofState.Remedy.Summary).ToList();
        return health.State == SyncState.Healthy && others.Count > 0 ? others : others.Prepend(ofState);
    }

    private async Task<IReadOnlyList<CoverageDay>> DaysAsync(Caller caller, FleetDevice device, DateTimeOffset now, CancellationToken cancellation)
    {
        var today = Day.Of(now);
        var monday = today.AddDays(-(((int)today.DayOfWeek + DaysOfWeek - 1) % DaysOfWeek));
        var range = new DayRange(monday.AddDays(-DaysOfWeek * (Weeks - 1)), today.AddDays(1));
        return CoverageRule.Of(device, range, await fleets.ReadDaysAsync(caller, device.DeviceId, range, cancellation), now, settings.Ledger);
    }
}

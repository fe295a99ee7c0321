using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Persistence.Attempts;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;

namespace Ingest.Persistence.Health;

/// <summary>
/// Status from a few rows: the device and its last rewinds, its contact and the key it last used. What this process has not written behind yet is laid over them.
/// </summary>
internal sealed class SyncStatusReader(IDbContextFactory<IngestDbContext> contexts, DeviceContacts contacts) : ISyncStatusReader
{
    public Task<DeviceStatus?> FindAsync(Caller caller, string deviceId, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(async () =>
        {
            await using var context = await contexts.CreateDbContextAsync(cancellation);
            var device = await context.FindVisibleAsync(caller, deviceId, cancellation);
            if (device is null) return await FindRefusedAsync(context, caller, deviceId, cancellation);
            var status = (await DescribeAsync(context, caller.WorkspaceId, [device], cancellation))[0];
            return status with { Rewinds = status.Rewinds with { Past = await PastRewindsAsync(context, device, cancellation) } };
        });

    public Task<IReadOnlyList<DeviceStatus>> FindAllAsync(Caller caller, IReadOnlyCollection<string> deviceIds, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(async () =>
        {
            await using var context = await contexts.CreateDbContextAsync(cancellation);
            var devices = await context.DevicesVisibleTo(caller).Where(row => deviceIds.Contains(row.DeviceId)).ToListAsync(cancellation);
            return await DescribeAsync(context, caller.WorkspaceId, devices, cancellation);
        });

    private async Task<IReadOnlyList<DeviceStatus>> DescribeAsync(
        IngestDbContext context, string workspaceId, IReadOnlyList<DeviceRow> devices, CancellationToken cancellation)
    {
        var ids = devices.Select(device => device.DeviceId).ToArray();
        var stored = await context.Set<DeviceContactRow>()
            .Where(row => row.WorkspaceId == workspaceId && ids.Contains(row.DeviceId)).ToDictionaryAsync(row => row.DeviceId, StringComparer.Ordinal, cancellation);
        var known = devices.Select(device => (Device: device, Stored: stored.GetValueOrDefault(device.DeviceId), Seen: contacts.Peek(workspaceId, device.DeviceId))).ToList();
        var polls = await LastPollsAsync(context, workspaceId, [.. known.Select(of => KeyOf(of.Seen, of.Stored)).OfType<Guid>().Distinct()], cancellation);
        return [.. known.Select(of => Describe(of.Device, of.Stored, of.Seen, polls))];
    }

    /// <summary>Another instance may have been in contact since this one was.</summary>
    private static bool IsLater(ContactFacts? seen, DeviceContactRow? stored) =>
        seen is not null && (stored is null || seen.LastAttempt.ReceivedAt >= stored.LastAttemptAt);

    private static Guid? KeyOf(ContactFacts? seen, DeviceContactRow? stored) => IsLater(seen, stored) ? seen!.LastAttempt.KeyId : stored?.KeyId;

    private static DeviceStatus Describe(DeviceRow device, DeviceContactRow? stored, ContactFacts? seen, Dictionary<Guid, DateTimeOffset?> polls)
    {
        var isLater = IsLater(seen, stored);
        var last = isLater ? Summary(seen!.LastAttempt) : stored is null ? null : Summary(stored);
        var polledAt = KeyOf(seen, stored) is { } key ? polls.GetValueOrDefault(key) : null;
        var lastStoredAt = seen?.LastStoredAt > stored?.LastStoredAt ? seen.LastStoredAt : stored?.LastStoredAt ?? seen?.LastStoredAt;
        var failingSince = isLater ? FailingSince(seen!, stored) : stored?.FailingSince;
        var skew = isLater && seen!.ClockSkew is { } observed ? observed : stored?.ClockSkewMs is { } ms ? TimeSpan.FromMilliseconds(ms) : seen?.ClockSkew;
        return new DeviceStatus
        {
            DeviceId = device.DeviceId,
            Label = device.Label,
            ConfirmedDay = device.ConfirmedDay,
            Facts = new DeviceFacts(
                device.FirstContactAt, lastStoredAt, polledAt, failingSince, HealthySince(seen, stored), last?.HttpStatus, last?.Code, last?.Detail, skew,
                device.SharedSeenAt),
            LastSeenAt = polledAt > last?.At ? polledAt : last?.At ?? device.FirstContactAt,
            ClockSkew = skew,
            LastAttempt = last,
            RollupRows = device.RollupRows,
            SessionRows = device.SessionRows,
            WindowRows = device.WindowRows,
            QuarantinedRows = device.QuarantinedRows,
            Rewinds = new DeviceRewinds(
                device is { RewindFrom: { } from, RewindSince: { } since, RewindReason: { } reason }
                    ? new PendingRewind(from, reason, since, device.RewindUnheeded, device.RewindVerifies)
                    : null,
                device.RequestedFrom is { } requested ? new RequestedRewind(requested, device.RequestedVerify) : null,
                [],
                device.LookBackAt,
                device.FullLookBackOn),
        };
    }

    private static async Task<IReadOnlyList<PastRewind>> PastRewindsAsync(IngestDbContext context, DeviceRow device, CancellationToken cancellation) =>
        await context.Set<DeviceRewindRow>()
            .Where(row => row.WorkspaceId == device.WorkspaceId && row.DeviceId == device.DeviceId && row.EndedAt != null && row.Outcome != null)
            .OrderByDescending(row => row.Since).Take(DeviceRewinds.MostPast)
            .Select(row => new PastRewind(row.FromDay, row.Reason, row.Since, row.EndedAt!.Value, row.Outcome!)).ToListAsync(cancellation);

    /// <summary>What is stored, unless an envelope that is not written behind yet has ended a refusal or a long silence.</summary>
    private static DateTimeOffset? HealthySince(ContactFacts? seen, DeviceContactRow? stored)
    {
        if (seen?.LastStoredAt is not { } lately) return stored?.HealthySince;
        return stored?.HealthySince is { } since && !(lately - stored.LastStoredAt > SyncHealth.LateAfter) ? since : lately;
    }

    /// <summary>A poll tells of the key, not of the device: it vouches for a device only where no other one uses the key.</summary>
    private static Task<Dictionary<Guid, DateTimeOffset?>> LastPollsAsync(IngestDbContext context, string workspaceId, Guid[] keyIds, CancellationToken cancellation) =>
        context.ApiKeys
            .Where(key => key.WorkspaceId == workspaceId && keyIds.Contains(key.KeyId)
                && context.Set<DeviceContactRow>().Where(row => row.WorkspaceId == workspaceId && row.KeyId == key.KeyId).OrderBy(row => row.DeviceId).Take(2).Count() < 2)
            .ToDictionaryAsync(key => key.KeyId, key => key.LastPolledAt, cancellation);

    /// <summary>A device of which nothing was ever stored is not registered, but whoever's envelopes are refused asks here why.</summary>
    private async Task<DeviceStatus?> FindRefusedAsync(IngestDbContext context, Caller caller, string deviceId, CancellationToken cancellation)
    {
        // A device that is registered, and not the caller's, has left attempts too; they are no more the caller's than the device.
        if (await context.Set<DeviceRow>().AnyAsync(row => row.WorkspaceId == caller.WorkspaceId && row.DeviceId == deviceId, cancellation)) return null;

        var seen = contacts.Peek(caller.WorkspaceId, deviceId);
        if (seen is not null && (caller.Role == UserRole.Manager || seen.LastAttempt.KeyId == caller.KeyId))
        {
            return Refused(deviceId, Summary(seen.LastAttempt), seen.FailingSince ?? seen.LastAttempt.ReceivedAt, seen.ClockSkew);
        }

        var attempts = context.Set<SyncAttemptRow>().Where(row => row.WorkspaceId == caller.WorkspaceId && row.DeviceId == deviceId);
        if (caller.Role != UserRole.Manager)
        {
            attempts = attempts.Where(row => context.ApiKeys.Any(key =>
                key.WorkspaceId == row.WorkspaceId && key.KeyId == row.KeyId && key.UserId == caller.UserId));
        }

        var last = await attempts.OrderByDescending(row => row.ReceivedAt).FirstOrDefaultAsync(cancellation);
        return last is null
            ? null
            : Refused(deviceId, new AttemptSummary(last.AttemptId, last.LastReceivedAt, last.HttpStatus, last.Code, last.Detail), last.ReceivedAt, null);
    }

    private static DeviceStatus Refused(string deviceId, AttemptSummary last, DateTimeOffset since, TimeSpan? skew) => new()
    {
        DeviceId = deviceId,
        Label = null,
        ConfirmedDay = null,
        Facts = new DeviceFacts(since, null, null, since, null, last.HttpStatus, last.Code, last.Detail, skew),
        LastSeenAt = last.At,
        ClockSkew = skew,
        LastAttempt = last,
        RollupRows = 0,
        SessionRows = 0,
        WindowRows = 0,
        QuarantinedRows = 0,
        Rewinds = DeviceRewinds.None,
    };

    /// <summary>What this process takes for one row of refusals another one may know to be older, or broken by an envelope it accepted.</summary>
    private static DateTimeOffset? FailingSince(ContactFacts seen, DeviceContactRow? stored)
    {
        if (seen.FailingSince is not { } since || stored is null) return seen.FailingSince;
        return stored.FailingSince ?? (stored.LastStoredAt > since ? seen.LastAttempt.ReceivedAt : since);
    }

    private static AttemptSummary Summary(DeviceContactRow stored) =>
        new(stored.LastAttemptId, stored.LastAttemptAt, stored.LastHttpStatus, stored.LastCode, stored.LastDetail);

    private static AttemptSummary Summary(SyncAttempt attempt) =>
        new(attempt.AttemptId, attempt.ReceivedAt, attempt.HttpStatus, attempt.Code, attempt.Detail);
}

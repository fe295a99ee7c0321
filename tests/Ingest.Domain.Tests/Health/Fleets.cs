using Ingest.Domain.Devices;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Health;

/// <summary>Devices of a fleet, from what of them a test is about.</summary>
internal static class Fleets
{
    public static readonly DateTimeOffset Now = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);
    public static readonly DateOnly Today = new(2026, 5, 14);
    public static readonly DateOnly Closed = new(2026, 5, 11);

    public static readonly Guid Ada = new("11111111-1111-4111-8111-111111111111");

    /// <summary>In contact a minute ago, and complete through the last closed day.</summary>
    public static DeviceStatus Healthy { get; } = new()
    {
        DeviceId = "dev_ada",
        Label = "laptop",
        ConfirmedDay = Closed,
        ContinuesAfter = Closed,
        Facts = new DeviceFacts(Now.AddDays(-40), Now.AddMinutes(-1), null, null, Now.AddDays(-3), 200, null, null, null),
        LastSeenAt = Now.AddMinutes(-1),
        ClockSkew = null,
        LastAttempt = null,
        RollupRows = 10,
        SessionRows = 0,
        WindowRows = 0,
        QuarantinedRows = 0,
        Rewinds = DeviceRewinds.None,
    };

    public static FleetDevice Device(DeviceStatus? status = null, string? id = null, string? name = null) => FleetDevice.Of(Record(status ?? Healthy, id, name), (status ?? Healthy) with { DeviceId = id ?? (status ?? Healthy).DeviceId }, Now);

    /// <summary>One in a state, since a time.</summary>
    public static FleetDevice In(SyncState state, string id, DateTimeOffset? since = null) => Device(Healthy with { Facts = Facts(state, since) }, id);

    public static DeviceFacts Facts(SyncState state, DateTimeOffset? since = null)
    {
        var facts = Healthy.Facts;
        return state switch
        {
            SyncState.Healthy => facts with { HealthySince = since ?? facts.HealthySince },
            SyncState.Late => facts with { LastStoredAt = since ?? Now.AddHours(-30) },
            SyncState.Silent => facts with { LastStoredAt = since ?? Now.AddDays(-9) },
            SyncState.SharedId => facts with { SharedSeenAt = since ?? Now.AddHours(-1) },
            SyncState.Failing => facts with { FailingSince = since ?? Now.AddHours(-1), LastHttpStatus = 422, LastCode = "invalid_envelope" },
            SyncState.Never => facts with { LastStoredAt = null, FirstContactAt = since ?? facts.FirstContactAt },
            SyncState.Paused => facts with { Standing = DeviceStanding.Paused, StandingSince = since ?? Now.AddDays(-1) },
            _ => facts with { Standing = DeviceStanding.Revoked, StandingSince = since ?? Now.AddDays(-1) },
        };
    }

    private static DeviceRecord Record(DeviceStatus status, string? id, string? name) => new(
        id ?? status.DeviceId, name, status.Label, Ada, "ada", status.Facts.Standing, status.Facts.StandingReason, status.Facts.StandingSince, status.Facts.FirstContactAt, 1);
}

using Ingest.Domain.Devices;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Domain.Health;

/// <summary>A device among the others of its fleet: as people keep it, and how its sync is doing.</summary>
public sealed record FleetDevice
{
    private FleetDevice(DeviceRecord record, DeviceStatus status, SyncHealth health, IReadOnlyList<Concern> concerns, UsageDevice usage) =>
        (Record, Status, Health, Concerns, CompleteThrough, IsOpen) = (record, status, health, concerns, usage.CompleteThrough, usage.IsOpen);

    public DeviceRecord Record { get; }

    public DeviceStatus Status { get; }

    public SyncHealth Health { get; }

    /// <summary>What is the matter with it beside its state.</summary>
    public IReadOnlyList<Concern> Concerns { get; }

    /// <summary>The last day that is complete, as usage has it.</summary>
    public DateOnly? CompleteThrough { get; }

    /// <summary>Whether something of it is known to be missing.</summary>
    public bool IsOpen { get; }

    public string DeviceId => Record.DeviceId;

    /// <summary>What people read: the name they gave it, or what it calls itself, or its id.</summary>
    public string Title => Record.Name ?? (string.IsNullOrWhiteSpace(Status.Label) ? DeviceId : Status.Label);

    /// <summary>Whether anybody waits for what it has yet.</summary>
    public bool IsAwaited => Record.Standing != DeviceStanding.Revoked;

    public static FleetDevice Of(DeviceRecord record, DeviceStatus status, DateTimeOffset now)
    {
        var health = SyncHealth.Of(status.Facts, now);
        var pending = status.Rewinds.Pending;
        var usage = new UsageDevice(
            record.DeviceId, status.Label, status.ConfirmedDay, status.ContinuesAfter, pending?.From, pending is null ? null : RewindReasons.Parse(pending.Reason), status.Gap);
        return new FleetDevice(record, status, health, ConcernRule.Of(status, health, now), usage);
    }
}

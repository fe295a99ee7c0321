using Ingest.Simulator.Daemon;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Counting;

/// <summary>The devices of one group together.</summary>
internal sealed record GroupCount
{
    public required string Name { get; init; }

    public required bool IsHealable { get; init; }

    public required int Devices { get; init; }

    public required double VirtualDays { get; init; }

    public required long OnDevices { get; init; }

    public required long OnServer { get; init; }

    public required long Lost { get; init; }

    public required long Doubled { get; init; }

    /// <summary>Sum of the differences of single rows, in cents.</summary>
    public required decimal CostApartCents { get; init; }

    public required int DigestsApart { get; init; }

    /// <summary>Devices that a 401 stopped for good.</summary>
    public required int Stopped { get; init; }

    /// <summary>Devices that were told that they or the server are too old.</summary>
    public required int TooOld { get; init; }

    public required long Requests { get; init; }

    /// <summary>Requests that did not succeed, as the daemons see it: faults of the way are among them.</summary>
    public required long Failures { get; init; }

    public required long Bytes { get; init; }

    public required long RowsSent { get; init; }

    public required long RowsSentAgain { get; init; }

    public required long RowsChanged { get; init; }

    public required IReadOnlyList<string> Examples { get; init; }

    public bool IsWhole => Lost == 0 && Doubled == 0 && CostApartCents == 0 && DigestsApart == 0 && Stopped == 0;

    public double RowsSentPerDeviceDay => RowsSent / DeviceDays;

    public double RowsSentAgainPerDeviceDay => RowsSentAgain / DeviceDays;

    public double RowsChangedPerDeviceDay => RowsChanged / DeviceDays;

    private double DeviceDays => double.Max(1, Devices * VirtualDays);

    public static GroupCount Of(DeviceGroup group, IReadOnlyList<DeviceCount> devices, double virtualDays) => new()
    {
        Name = group.Name,
        IsHealable = group.IsHealable,
        Devices = devices.Count,
        VirtualDays = virtualDays,
        OnDevices = devices.Sum(device => device.OnDevice),
        OnServer = devices.Sum(device => device.OnServer),
        Lost = devices.Sum(device => device.Lost),
        Doubled = devices.Sum(device => device.Doubled),
        CostApartCents = (decimal)devices.Sum(device => device.CostApart) / MoneyUnits.PerCent,
        DigestsApart = devices.Sum(device => device.DigestsApart),
        Stopped = devices.Count(device => device.HasStopped),
        TooOld = devices.Count(device => device.LastMismatch is SchemaMismatch.ClientTooOld or SchemaMismatch.ServerTooOld),
        Failures = devices.Sum(device => device.Traffic.Failures),
        Requests = devices.Sum(device => device.Traffic.Requests),
        Bytes = devices.Sum(device => device.Traffic.Bytes),
        RowsSent = devices.Sum(device => device.Traffic.RowsSent),
        RowsSentAgain = devices.Sum(device => device.Traffic.RowsSentAgain),
        RowsChanged = devices.Sum(device => device.Traffic.RowsChanged),
        Examples = [.. devices.SelectMany(device => device.DaysApart.Select(day => $"{device.DeviceId} {day}")).Take(5)],
    };
}

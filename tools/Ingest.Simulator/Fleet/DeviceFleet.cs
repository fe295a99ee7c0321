using Ingest.Simulator.Faults;
using Ingest.Simulator.Servers;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Fleet;

/// <summary>All devices of a run, in groups.</summary>
internal sealed class DeviceFleet
{
    public DeviceFleet(RunPlan plan, IReadOnlyList<GroupPlan> groups, IReadOnlyDictionary<ServerRole, IServer> servers, HttpWire http)
    {
        Servers = servers;
        Groups = [.. groups.Select(group => Make(plan, group, servers, http))];
        Devices = [.. Groups.SelectMany(group => group.Devices.Where((_, at) => !IsSecondMachine(group, at)))];
        SecondMachines = [.. Groups.SelectMany(group => group.Devices.Where((_, at) => IsSecondMachine(group, at)))];
    }

    public IReadOnlyDictionary<ServerRole, IServer> Servers { get; }

    public IReadOnlyList<DeviceGroup> Groups { get; }

    /// <summary>Those that act when a step begins.</summary>
    public IReadOnlyList<SimulatedDevice> Devices { get; }

    /// <summary>The second machines of shared ids, which act half a step later: one device never speaks twice at once.</summary>
    public IReadOnlyList<SimulatedDevice> SecondMachines { get; }

    private static DeviceGroup Make(RunPlan plan, GroupPlan group, IReadOnlyDictionary<ServerRole, IServer> servers, HttpWire http)
    {
        var names = Enumerable.Range(1, group.Count * (group.IsTwin ? 2 : 1)).Select(number => $"{group.Name}-{number}");
        return new DeviceGroup(group.Name, group.Faults, group.Role, [.. names.Select((name, at) =>
        {
            var owner = group.IsTwin ? $"{group.Name}-{at / 2}" : name;
            var id = Usage.NewId(plan.Dice(owner, "device id"));
            return new SimulatedDevice(plan, name, id, group.Faults, http, servers[group.Role], servers.GetValueOrDefault(ServerRole.Other));
        })]);
    }

    private static bool IsSecondMachine(DeviceGroup group, int at) => group.Faults.Any(fault => fault.Name == FaultKind.Twin) && at % 2 == 1;
}

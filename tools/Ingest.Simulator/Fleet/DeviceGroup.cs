using Ingest.Simulator.Faults;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Fleet;

/// <summary>Devices with the same faults: one line of the report.</summary>
internal sealed record DeviceGroup(string Name, IReadOnlyList<FaultKind> Faults, ServerRole Role, IReadOnlyList<SimulatedDevice> Devices)
{
    public bool IsHealable => Faults.All(fault => fault.IsHealable);
}

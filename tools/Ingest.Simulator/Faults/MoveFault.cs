using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Faults;

/// <summary>The device is pointed at a server that has never seen it; its watermarks know nothing of that (C§5 W).</summary>
internal sealed class MoveFault(Random dice, RunPlan plan, IServer? other) : Fault(dice)
{
    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (moment.Step == plan.RestoreStep && other is not null) device.PointAt(other);
    }
}

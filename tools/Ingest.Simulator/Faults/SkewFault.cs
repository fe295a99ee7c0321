using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>The device's clock jumps, up to two days either way.</summary>
internal sealed class SkewFault(Random dice) : Fault(dice)
{
    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (Happens(moment, 0.006)) device.Daemon.Skew = TimeSpan.FromHours(OneOf(0, 0, 48, -48, 5, -5));
    }

    public override void Mend(SimulatedDevice device) => device.Daemon.Skew = TimeSpan.Zero;
}

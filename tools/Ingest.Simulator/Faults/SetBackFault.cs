using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>A clock that is fast from first contact on is corrected after some days, and later set back again and again.</summary>
internal sealed class SetBackFault(Random dice) : Fault(dice)
{
    public override void Begin(SimulatedDevice device) => device.Daemon.Skew = TimeSpan.FromHours(Dice.Next(1, 48));

    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (!Happens(moment, 0.01)) return;
        device.Daemon.Skew = device.Daemon.Skew > TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromHours(Dice.Next(1, 48));
    }

    public override void Mend(SimulatedDevice device) => device.Daemon.Skew = TimeSpan.Zero;
}

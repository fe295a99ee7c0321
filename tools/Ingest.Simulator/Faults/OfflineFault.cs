using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

internal sealed class OfflineFault(Random dice) : Fault(dice)
{
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (Happens(moment, 0.02)) _until = moment.Now.AddHours(Dice.Next(1, 60));
    }

    public override bool IsOffline(Moment moment) => moment.Now < _until;
}

using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>Rows of closed days change: billing true-ups, late data, prices found out (C§5 T).</summary>
internal sealed class OldChangeFault(Random dice) : Fault(dice)
{
    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (Happens(moment, 0.03) && device.RowOfAge(Dice, moment, OneOf(1, 2, 3, 5, 10, 25, 50)) is { } row) device.Grow(row, Dice);
    }
}

using Ingest.Simulator.Fleet;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Faults;

/// <summary>Somebody runs <c>budi cloud reset</c> because old days changed, and the pass that shall mend them breaks in the middle (C§5 B).</summary>
internal sealed class ResetFault(Random dice) : Fault(dice)
{
    private bool _breaks;

    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (!Happens(moment, 0.01)) return;
        for (var changes = Dice.Next(5); changes > 0; changes--)
        {
            if (device.RowOfAge(Dice, moment, Dice.Next(4, 60)) is { } row) device.Grow(row, Dice);
        }

        device.Daemon.Reset();
        _breaks = true;
    }

    public override Fate FateOf(Moment moment, int chunk)
    {
        if (!_breaks || chunk == 0) return Fate.Delivered;
        _breaks = false;
        return new Fate(FateKind.NeverArrives);
    }
}

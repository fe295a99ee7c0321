using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>Costs are subtracted and added as floats, which leaves a little less than nothing (C§5 Q).</summary>
internal sealed class ResidueFault(Random dice) : Fault(dice)
{
    private const double Residue = -7.105427357601002e-14;

    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (!Happens(moment, 0.02) || device.RowOfAge(Dice, moment, OneOf(0, 1, 3, 10, 25)) is not var (day, key, row) || row.BreaksARule) return;
        device.Store.Put(day, key, row with { CostEffective = Residue, CostIngested = Dice.Next(2) == 0 ? Residue : row.CostIngested });
    }
}

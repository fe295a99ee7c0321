using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary><c>budi cloud init</c> mints another device id, with and without a reset: the same history arrives under it once more (C§5 V).</summary>
internal sealed class ReinstallFault(Random dice, RunPlan plan) : Fault(dice)
{
    /// <summary>Once in the middle of the noise, and more often where the dice say so: ids of ids.</summary>
    private readonly int _step = (plan.NoisySteps / 4) + dice.Next(int.Max(1, plan.NoisySteps / 2));

    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (moment.Step == _step || Happens(moment, 0.001)) device.Reinstall(Usage.NewId(Dice), resets: Dice.Next(2) == 0);
    }
}

using Ingest.Simulator.Fleet;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Faults;

/// <summary>A request that its client gave up on arrives after those sent later (C§5 E).</summary>
internal sealed class LateFault(Random dice) : Fault(dice)
{
    public override Fate FateOf(Moment moment, int chunk) =>
        Dice.NextDouble() < 0.06 ? new Fate(FateKind.HeldUp, TimeSpan.FromHours(1 + (Dice.NextDouble() * 39))) : Fate.Delivered;
}

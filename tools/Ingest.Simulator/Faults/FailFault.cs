using Ingest.Simulator.Fleet;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Faults;

internal sealed class FailFault(Random dice) : Fault(dice)
{
    public override Fate FateOf(Moment moment, int chunk) => Dice.NextDouble() < 0.10 ? new Fate(FateKind.NeverArrives) : Fate.Delivered;
}

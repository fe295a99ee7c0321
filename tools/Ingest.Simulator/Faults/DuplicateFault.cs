using Ingest.Simulator.Fleet;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Faults;

internal sealed class DuplicateFault(Random dice) : Fault(dice)
{
    public override Fate FateOf(Moment moment, int chunk) => Dice.NextDouble() < 0.05 ? new Fate(FateKind.DeliveredTwice) : Fate.Delivered;
}

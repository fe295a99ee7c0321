using Ingest.Simulator.Fleet;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Faults;

internal sealed class LostFault(Random dice) : Fault(dice)
{
    public override Fate FateOf(Moment moment, int chunk) => Dice.NextDouble() < 0.08 ? new Fate(FateKind.AnswerLost) : Fate.Delivered;
}

using Ingest.Simulator.Fleet;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Faults;

/// <summary>The server cannot be reached for twelve hours, across midnight, by any device at once.</summary>
internal sealed class OutageFault(Random dice, RunPlan plan) : Fault(dice)
{
    private readonly DateTimeOffset _from = plan.Start.AddDays(plan.Days / 3).AddHours(17);

    public override Fate FateOf(Moment moment, int chunk) =>
        moment.Now >= _from && moment.Now < _from.AddHours(12) ? new Fate(FateKind.NeverArrives) : Fate.Delivered;
}

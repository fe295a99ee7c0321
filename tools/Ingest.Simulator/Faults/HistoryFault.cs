using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>Plain import of older history: rows appear in old days, some older than any before, and no watermark is touched.</summary>
internal sealed class HistoryFault(Random dice) : Fault(dice)
{
    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (!Happens(moment, 0.004)) return;
        var oldest = device.HistoryDays;
        for (var rows = Dice.Next(3, 12); rows > 0; rows--)
            device.Import(moment, Dice.Next(2) == 0 ? Dice.Next(10, oldest) : Dice.Next(oldest, 2 * oldest), Dice);
    }
}

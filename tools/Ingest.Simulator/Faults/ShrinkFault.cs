using Ingest.Simulator.Daemon;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>Messages are deleted on the device: rows get smaller or vanish. The last row of a day stays, see the README.</summary>
internal sealed class ShrinkFault(Random dice) : Fault(dice)
{
    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (!Happens(moment, 0.01) || device.RowOfAge(Dice, moment, OneOf(1, 3, 10, 25)) is not var (day, key, row) || row.BreaksARule) return;
        if (row.MessageCount > 2)
        {
            device.Store.Put(day, key, new Rollup
            {
                MessageCount = row.MessageCount - 2,
                InputTokens = row.InputTokens / 2,
                OutputTokens = row.OutputTokens / 2,
                CacheCreationTokens = row.CacheCreationTokens / 2,
                CacheReadTokens = row.CacheReadTokens / 2,
                CostEffective = row.CostEffective / 2,
                CostIngested = row.CostIngested / 2,
            });
        }
        else if (device.Store.Day(day)!.Count > 1)
        {
            device.Store.Remove(day, key);
        }
    }
}

using Ingest.Simulator.Daemon;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>
/// Good rows turn bad for a while: a count or a cost below zero. No server stores such a row, so its units count once it is mended,
/// at the latest when the quiet tail begins.
/// </summary>
internal sealed class BadRowFault(Random dice) : Fault(dice)
{
    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (Happens(moment, 0.01)) MendAll(device);
        if (!Happens(moment, 0.02) || device.RowOfAge(Dice, moment, OneOf(0, 0, 1, 2, 5, 10, 25)) is not var (day, key, row) || row.BreaksARule) return;
        device.Store.Put(day, key, Dice.Next(2) == 0 ? row with { CostEffective = -3.25 } : row with { MessageCount = -row.MessageCount - 1 });
    }

    // Every quiet step and not once: an import that is still going on brings bad rows back.
    public override void Proceed(SimulatedDevice device, Moment moment)
    {
        if (!moment.IsNoisy) MendAll(device);
    }

    private static void MendAll(SimulatedDevice device)
    {
        foreach (var (day, key, row) in device.Store.Rows.Where(row => row.Rollup.BreaksARule).ToList())
        {
            device.Store.Put(day, key, new Rollup
            {
                MessageCount = long.Abs(row.MessageCount),
                InputTokens = long.Abs(row.InputTokens),
                OutputTokens = long.Abs(row.OutputTokens),
                CacheCreationTokens = long.Abs(row.CacheCreationTokens),
                CacheReadTokens = long.Abs(row.CacheReadTokens),
                CostEffective = double.Abs(row.CostEffective),
                CostIngested = double.Abs(row.CostIngested),
            });
        }
    }
}

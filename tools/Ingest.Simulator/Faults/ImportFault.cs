using Ingest.Simulator.Daemon;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>
/// <c>budi db import --force</c> while the worker goes on syncing: everything is deleted, the watermarks too, and comes back message by
/// message, with pauses (C§5 O). Half the time by day, half in the order of files, which is none.
/// </summary>
internal sealed class ImportFault(Random dice) : Fault(dice)
{
    private const int Parts = 3;

    private List<LocalRow> _missing = [];
    private DateTimeOffset _pauseUntil = DateTimeOffset.MinValue;

    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (_missing.Count > 0 || !Happens(moment, 0.004)) return;
        _missing = [.. device.Store.Clear().SelectMany(row => Split(row))];
        if (Dice.Next(2) == 0) Dice.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_missing));
        _pauseUntil = DateTimeOffset.MinValue;
        device.Daemon.Reset();
    }

    public override void Proceed(SimulatedDevice device, Moment moment)
    {
        if (_missing.Count == 0 || moment.Now < _pauseUntil) return;
        var some = int.Max(1, _missing.Count / Dice.Next(1, 5));
        foreach (var row in _missing.Take(some)) device.Store.Add(row.Day, row.Key, row.Rollup);
        _missing.RemoveRange(0, some);
        if (_missing.Count > 0 && Dice.NextDouble() < 0.4) _pauseUntil = moment.Now.AddHours(Dice.Next(1, 6));
    }

    /// <summary>A row comes back as several messages, so that a day is there before it is whole.</summary>
    private static IEnumerable<LocalRow> Split(LocalRow row)
    {
        var whole = row.Rollup;
        if (whole.BreaksARule || whole.MessageCount < Parts) return [row];
        return Enumerable.Range(0, Parts).Select(part => row with
        {
            Rollup = new Rollup
            {
                MessageCount = Part(whole.MessageCount, part),
                InputTokens = Part(whole.InputTokens, part),
                OutputTokens = Part(whole.OutputTokens, part),
                CacheCreationTokens = Part(whole.CacheCreationTokens, part),
                CacheReadTokens = Part(whole.CacheReadTokens, part),
                CostEffective = whole.CostEffective / Parts,
                CostIngested = whole.CostIngested / Parts,
            },
        });
    }

    private static long Part(long whole, int part) => (whole / Parts) + (part < whole % Parts ? 1 : 0);
}

using System.Diagnostics;

namespace Ingest.Bench.Load;

/// <summary>When the next request of a load is due, and when the load is over.</summary>
internal sealed class SendSchedule(Pace pace, long started)
{
    private readonly long _end = pace switch
    {
        Pace.For { Duration: var duration } => started + Ticks(duration),
        Pace.Rate { Duration: var duration } => started + Ticks(duration),
        _ => long.MaxValue,
    };

    private readonly double _perSecond = pace is Pace.Rate rate ? rate.PerSecond : 0;
    private long _taken;

    /// <summary>Requests that were due and were not sent.</summary>
    public long Unsent => _perSecond == 0 ? 0 : Math.Max(0, (long)(_perSecond * Seconds(_end - started)) - _taken);

    public bool IsOver(long now) => now >= _end;

    public bool TryTake(long now, out long intendedAt)
    {
        intendedAt = _perSecond == 0 ? now : DueAt(_taken);
        if (IsOver(now) || intendedAt > now) return false;
        _taken++;
        return true;
    }

    /// <summary>Until the next request is due; where none will be, until an answer comes.</summary>
    public long NanosecondsToNext(long now)
    {
        if (IsOver(now) || _perSecond == 0) return 100_000_000;
        return Math.Max(0, (Math.Min(DueAt(_taken), _end) - now) * 1_000_000_000 / Stopwatch.Frequency);
    }

    /// <param name="accepted">Until the load was over.</param>
    /// <param name="ticks">How long it took: once around takes as long as it takes.</param>
    public double PerSecond(int accepted, long ticks) => accepted / Seconds(_end == long.MaxValue ? ticks : _end - started);

    private long DueAt(long number) => started + (long)(number * (Stopwatch.Frequency / _perSecond));

    private static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}

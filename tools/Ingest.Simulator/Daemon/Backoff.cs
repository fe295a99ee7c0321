namespace Ingest.Simulator.Daemon;

/// <summary>2, 4, 8 … 256 seconds, then the maximum: no jitter, no end (C§3.3).</summary>
internal static class Backoff
{
    private const int Doublings = 8;

    public static TimeSpan After(int failures, TimeSpan maximum) =>
        failures > Doublings ? maximum : TimeSpan.FromTicks(long.Min(maximum.Ticks, TimeSpan.TicksPerSecond << failures));
}

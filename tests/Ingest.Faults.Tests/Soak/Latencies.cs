using System.Diagnostics;

namespace Ingest.Faults.Tests.Soak;

/// <summary>How long answers took, and when they were due.</summary>
internal sealed class Latencies
{
    private readonly Lock _lock = new();
    private readonly List<(long Due, float Milliseconds)> _all = [];

    public void Add(long due)
    {
        var took = (float)Stopwatch.GetElapsedTime(due).TotalMilliseconds;
        lock (_lock) _all.Add((due, took));
    }

    /// <summary>In milliseconds, of the answers that were due between two moments.</summary>
    public (double P50, double P99) Between(long from, long to)
    {
        lock (_lock)
        {
            var sorted = _all.Where(one => one.Due >= from && one.Due < to).Select(one => one.Milliseconds).Order().ToArray();
            sorted.ShouldNotBeEmpty();
            return (sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
        }
    }
}

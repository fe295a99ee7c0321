using System.Diagnostics;

namespace Ingest.Bench.Load;

/// <summary>How long requests took, in microseconds.</summary>
internal sealed class Latencies
{
    private readonly List<int> _microseconds = new(64 * 1024);
    private bool _sorted;

    public int Count => _microseconds.Count;

    public void Add(long ticks)
    {
        _microseconds.Add((int)(ticks * 1_000_000 / Stopwatch.Frequency));
        _sorted = false;
    }

    /// <returns>In milliseconds; null where there is none.</returns>
    public double? Percentile(double part)
    {
        if (_microseconds.Count == 0) return null;
        if (!_sorted) _microseconds.Sort();
        _sorted = true;
        return _microseconds[Math.Min(_microseconds.Count - 1, (int)(part * _microseconds.Count))] / 1000.0;
    }
}

using System.Diagnostics;

namespace Ingest.Faults.Tests.Load;

/// <summary>Hands out the moments at which envelopes are due, whether or not those before were answered: a service that falls behind is not waited for.</summary>
internal sealed class Pace(double perSecond)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _taken;

    /// <summary>Waits for the next moment.</summary>
    /// <returns>The moment, as a timestamp.</returns>
    public async Task<long> NextAsync(CancellationToken cancellation)
    {
        var due = _start + (long)((Interlocked.Increment(ref _taken) - 1) * Stopwatch.Frequency / perSecond);
        var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (early > TimeSpan.Zero) await Task.Delay(early, cancellation);
        return due;
    }
}

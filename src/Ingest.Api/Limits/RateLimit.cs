using System.Collections.Concurrent;

namespace Ingest.Api.Limits;

/// <summary>
/// A token bucket for each key. It holds at least 240 requests: a stock daemon sends a backfill of 200 chunks back to back and
/// loses its place when one is refused (C§5 AG).
/// </summary>
internal sealed class RateLimit
{
    private const int SmallestBurst = 240;
    private const int SweepAt = 4096;

    private readonly ConcurrentDictionary<Guid, Bucket> _buckets = [];
    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private int _sweepAt = SweepAt;

    public RateLimit(int requestsPerMinute, TimeProvider time)
    {
        _time = time;
        _perSecond = requestsPerMinute / 60.0;
        Enabled = requestsPerMinute > 0;
        Burst = Math.Max(requestsPerMinute, SmallestBurst);
        Policy = Enabled ? $"\"requests\";q={Burst};w={Math.Ceiling(Burst / _perSecond):0}" : "";
    }

    public bool Enabled { get; }

    public int Burst { get; }

    /// <summary>The value of <c>RateLimit-Policy</c>: so many requests, so many seconds until an empty bucket is full.</summary>
    public string Policy { get; }

    internal int Tracked => _buckets.Count;

    public RateDecision Take(Guid keyId)
    {
        var now = _time.GetTimestamp();
        if (!_buckets.TryGetValue(keyId, out var bucket))
        {
            bucket = _buckets.GetOrAdd(keyId, static (_, state) => new Bucket(state.Burst, state.now), (Burst, now));
            // Only here: the number of entries is counted under all locks of the dictionary.
            if (_buckets.Count > _sweepAt)
                Sweep(now);
        }

        lock (bucket)
        {
            Refill(bucket, now);
            var allowed = bucket.Tokens >= 1;
            if (allowed)
                bucket.Tokens -= 1;
            return new RateDecision(
                allowed,
                Remaining: (int)bucket.Tokens,
                SecondsToFull: (int)Math.Ceiling((Burst - bucket.Tokens) / _perSecond),
                RetryAfterSeconds: allowed ? 0 : Math.Max(1, (int)Math.Ceiling((1 - bucket.Tokens) / _perSecond)));
        }
    }

    private void Refill(Bucket bucket, long now)
    {
        // Two threads may bring their times out of order; a bucket never runs backwards.
        if (now <= bucket.At)
            return;
        bucket.Tokens = Math.Min(Burst, bucket.Tokens + _time.GetElapsedTime(bucket.At, now).TotalSeconds * _perSecond);
        bucket.At = now;
    }

    /// <summary>A bucket that is full again is the same as none. What is left after a sweep is only keys in use, and the next one waits until that doubles.</summary>
    private void Sweep(long now)
    {
        foreach (var entry in _buckets)
        {
            bool full;
            lock (entry.Value)
            {
                Refill(entry.Value, now);
                full = entry.Value.Tokens >= Burst;
            }

            if (full)
                _buckets.TryRemove(entry);
        }

        Volatile.Write(ref _sweepAt, Math.Max(SweepAt, _buckets.Count * 2));
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}

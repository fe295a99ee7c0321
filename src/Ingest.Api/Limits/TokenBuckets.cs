using System.Collections.Concurrent;

namespace Ingest.Api.Limits;

/// <summary>A bucket of tokens for each of whatever is limited; a bucket that rests fills up again.</summary>
/// <param name="perMinute">Tokens that come back in a minute; 0 is no limit.</param>
/// <param name="smallestBurst">The least a full bucket holds.</param>
/// <param name="mostTracked">Buckets kept at once. Beyond, all begin anew: whoever can come as that many cannot be counted anyway.</param>
/// <param name="time">Measures how long a bucket rested.</param>
internal sealed class TokenBuckets<TKey>(int perMinute, int smallestBurst, int mostTracked, TimeProvider time)
    where TKey : notnull
{
    private const int SweepAt = 4096;

    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = [];
    private readonly double _perSecond = perMinute / 60.0;
    private int _sweepAt = SweepAt;

    public bool Enabled => perMinute > 0;

    /// <summary>What a full bucket holds.</summary>
    public int Burst { get; } = Math.Max(perMinute, smallestBurst);

    /// <summary>How long an empty bucket takes to fill.</summary>
    public int SecondsToFill => (int)Math.Ceiling(Burst / _perSecond);

    internal int Tracked => _buckets.Count;

    /// <summary>
    /// Takes so many. More than a bucket ever holds is given from a full one, and owed: what is too large for the limit passes seldom,
    /// in place of never.
    /// </summary>
    public RateDecision Take(TKey key, int tokens)
    {
        var now = time.GetTimestamp();
        if (!_buckets.TryGetValue(key, out var bucket))
        {
            bucket = _buckets.GetOrAdd(key, static (_, state) => new Bucket(state.Burst, state.now), (Burst, now));
            // Only here: the number of entries is counted under all locks of the dictionary.
            if (_buckets.Count > _sweepAt)
                Sweep(now);
        }

        lock (bucket)
        {
            Refill(bucket, now);
            var needed = Math.Min(tokens, Burst);
            var allowed = bucket.Tokens >= needed;
            if (allowed)
                bucket.Tokens -= tokens;
            return Decide(bucket, allowed, needed);
        }
    }

    /// <summary>What taking one would find, with nothing taken. Costs next to nothing for who has no bucket.</summary>
    public RateDecision Peek(TKey key)
    {
        if (!_buckets.TryGetValue(key, out var bucket))
            return new RateDecision(Allowed: true, Burst, SecondsToFull: 0, RetryAfterSeconds: 0);
        lock (bucket)
        {
            Refill(bucket, time.GetTimestamp());
            return Decide(bucket, bucket.Tokens >= 1, needed: 1);
        }
    }

    private RateDecision Decide(Bucket bucket, bool allowed, int needed) => new(
        allowed,
        Remaining: Math.Max(0, (int)bucket.Tokens),
        SecondsToFull: (int)Math.Ceiling((Burst - bucket.Tokens) / _perSecond),
        RetryAfterSeconds: allowed ? 0 : Math.Max(1, (int)Math.Ceiling((needed - bucket.Tokens) / _perSecond)));

    private void Refill(Bucket bucket, long now)
    {
        // Two threads may bring their times out of order; a bucket never runs backwards.
        if (now <= bucket.At)
            return;
        bucket.Tokens = Math.Min(Burst, bucket.Tokens + time.GetElapsedTime(bucket.At, now).TotalSeconds * _perSecond);
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

        if (_buckets.Count >= mostTracked)
            _buckets.Clear();
        Volatile.Write(ref _sweepAt, Math.Min(Math.Max(SweepAt, _buckets.Count * 2), mostTracked));
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}

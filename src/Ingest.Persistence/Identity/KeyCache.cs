using System.Collections.Concurrent;
using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>
/// The keys that exist, as lately read, and for how long that may be believed. A revocation must reach every instance
/// within a second: so what was read is believed for just under a second, and longer only while the revocation channel
/// has proven within that time that it delivers. Keys that do not exist are never remembered.
/// </summary>
internal sealed class KeyCache(TimeProvider time)
{
    /// <summary>Under the promised second by enough for the look-up that follows, on a machine that is busy.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(800);

    /// <summary>The end of any entry, whatever the channel says: what is changed past the service (by hand, in SQL) shows at last.</summary>
    public static readonly TimeSpan MaximumAge = TimeSpan.FromMinutes(5);

    private const int Capacity = 50_000;

    private readonly long _freshTicks = Ticks(time, Freshness);
    private readonly long _maximumTicks = Ticks(time, MaximumAge);
    private volatile Generation _current = new();
    private long _channelTrustedUntil = long.MinValue;

    /// <summary>
    /// To be taken before the database is read, and told afterwards what was found: when a revocation arrives in between,
    /// the answer lands in a generation that nobody reads any more.
    /// </summary>
    public Generation Current => _current;

    public void Forget() => _current = new Generation();

    /// <summary>Whether what was read more than a moment ago may still be believed.</summary>
    public bool IsChannelTrusted => time.GetTimestamp() <= Volatile.Read(ref _channelTrustedUntil);

    /// <summary>The channel delivered everything that was sent before <paramref name="askedAt"/>.</summary>
    public void ChannelProven(long askedAt) => Volatile.Write(ref _channelTrustedUntil, askedAt + _freshTicks);

    public void ChannelLost() => Volatile.Write(ref _channelTrustedUntil, long.MinValue);

    public Caller? Find(Generation generation, KeyHash hash) =>
        generation.Callers.TryGetValue(hash, out var known) && IsFresh(known.ReadAt) ? known.Caller : null;

    /// <summary>Known to hold a key and not to be in maintenance. False means only that the database must be asked.</summary>
    public bool IsKnownOpen(Generation generation) => generation.OpenReadAt is { } read && IsFresh(read.Value);

    private bool IsFresh(long readAt)
    {
        var now = time.GetTimestamp();
        return now <= readAt + _freshTicks || (now <= readAt + _maximumTicks && IsChannelTrusted);
    }

    private static long Ticks(TimeProvider time, TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>What was learned between two revocations.</summary>
    internal sealed class Generation
    {
        private int _count;

        internal ConcurrentDictionary<KeyHash, Known> Callers { get; } = new();

        internal ReadAt? OpenReadAt { get; private set; }

        /// <param name="hash">The key.</param>
        /// <param name="caller">Who it belongs to.</param>
        /// <param name="readAt">The timestamp from before the database was asked.</param>
        public void Remember(KeyHash hash, Caller caller, long readAt)
        {
            // Full: begin again. Keeping order of use would cost every request for the sake of a server with 50 000 live keys.
            if (Volatile.Read(ref _count) >= Capacity)
            {
                Callers.Clear();
                Volatile.Write(ref _count, 0);
            }

            var known = new Known(caller, readAt);
            if (Callers.TryAdd(hash, known)) Interlocked.Increment(ref _count);
            else Callers[hash] = known;
        }

        public void RememberOpen(long readAt) => OpenReadAt = new ReadAt(readAt);
    }

    internal sealed record Known(Caller Caller, long ReadAt);

    internal sealed record ReadAt(long Value);
}

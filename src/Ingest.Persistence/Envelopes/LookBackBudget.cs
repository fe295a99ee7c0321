namespace Ingest.Persistence.Envelopes;

/// <summary>
/// How many look-backs this instance may give out now. After an outage, or when an operator asks all devices at once, everybody is due;
/// without a bound the whole fleet would send its history within one tick.
/// </summary>
internal sealed class LookBackBudget(StoreLimits limits, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private double _left = limits.LookBacksPerMinute;
    private DateTimeOffset _filledAt = time.GetUtcNow();

    public bool HasAny
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetUtcNow();
                _left = Math.Min(limits.LookBacksPerMinute, _left + Math.Max(0, (now - _filledAt) / Window * limits.LookBacksPerMinute));
                _filledAt = now;
                return _left >= 1;
            }
        }
    }

    /// <summary>Several envelopes may have seen the same one left; the next ones pay for it.</summary>
    public void Spend()
    {
        lock (_lock) _left--;
    }
}

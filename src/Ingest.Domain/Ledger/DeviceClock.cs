namespace Ingest.Domain.Ledger;

/// <summary>
/// The device's clock as its envelopes show it. An envelope stamped before the newest one is late on its way, unless it is the
/// second in a row that is off from the server's clock by the same amount: then the device's clock was set back, and a new epoch begins.
/// Stamps are never clamped: that would reorder the envelopes of a fast clock.
/// </summary>
/// <param name="Epoch">Counts how often the clock was set back.</param>
/// <param name="Newest">The newest stamp seen in this epoch.</param>
/// <param name="LateBy">How far the last late envelope's stamp was from the server's clock.</param>
/// <param name="LateStamp">The stamp of that envelope.</param>
/// <param name="Offset">How far the newest envelope's stamp was from the server's clock.</param>
/// <param name="LeftBehind">The newest stamp of the epoch before: until the clock is past it, an envelope of that epoch may still be on its way.</param>
/// <param name="Steady">Late envelopes that were off by the same amount, whatever came in order between them. Known to this process only.</param>
public sealed record DeviceClock(
    int Epoch,
    DateTimeOffset? Newest,
    TimeSpan? LateBy = null,
    DateTimeOffset? LateStamp = null,
    TimeSpan? Offset = null,
    DateTimeOffset? LeftBehind = null,
    SteadyLateness? Steady = null)
{
    /// <summary>A set-back clock shows the same offset each time, give or take the time on the wire (at most the client's 30 s).</summary>
    public static readonly TimeSpan SameOffset = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Two chunks of one tick that were held up together are late by the same amount as well; two ticks are not, unless the clock moved.
    /// </summary>
    public static readonly TimeSpan AnotherTick = TimeSpan.FromSeconds(60);

    public static DeviceClock Unseen { get; } = new(0, null);

    /// <summary>Whether the newest envelope bore this stamp: then it came before, and its answer was lost or is on its way.</summary>
    public bool HasJustSeen(DateTimeOffset stamp) => stamp == Newest;

    /// <summary>Takes in the stamp of an envelope that arrived at <paramref name="now"/> of the server's clock.</summary>
    /// <returns>The clock from here on, and whether the envelope is late.</returns>
    public (DeviceClock Clock, bool IsLate) Observe(DateTimeOffset now, DateTimeOffset stamp, LedgerPolicy policy)
    {
        var offset = stamp - now;
        var isAhead = Newest is null || stamp >= Newest;
        if (isAhead && !IsOfTheEpochBefore(stamp, offset)) return (InOrder(stamp, offset), false);
        if (LateBy is { } before && LateStamp is { } last && stamp - last >= AnotherTick && (offset - before).Duration() <= SameOffset
            && policy.Applies(LedgerRules.ClockEpochs))
        {
            return (isAhead ? InOrder(stamp, offset) : new DeviceClock(Epoch + 1, stamp, Offset: offset, LeftBehind: Newest, Steady: Steady), false);
        }

        // A chunk of the same late tick must not push the first one's stamp ahead, or the second tick would never be another one.
        var steady = SteadyLateness.After(Steady, now, offset);
        return LateStamp is { } first && stamp >= first && stamp - first < AnotherTick
            ? (this with { Steady = steady }, true)
            : (this with { LateBy = offset, LateStamp = stamp, Steady = steady }, true);
    }

    /// <summary>What two observers know together: two instances serve one device, and each has seen only its own share.</summary>
    public DeviceClock MergedWith(DeviceClock other)
    {
        var steady = Steady is null || other.Steady?.At > Steady.At ? other.Steady : Steady;
        if (Epoch != other.Epoch) return (Epoch > other.Epoch ? this : other) with { Steady = steady };
        var newer = Newest is null || other.Newest > Newest ? other : this;
        // By arrival, and ties are broken too: an envelope that was retried reached both observers, and they must not disagree for ever.
        var (mine, others) = (LateStamp - LateBy, other.LateStamp - other.LateBy);
        var later = mine is null || others > mine || (others == mine && other.LateStamp > LateStamp) ? other : this;
        var isTie = Newest == other.Newest;
        var merged = newer with
        {
            LateBy = later.LateBy,
            LateStamp = later.LateStamp,
            Steady = steady,
            Offset = isTie ? Larger(Offset, other.Offset) : newer.Offset,
            LeftBehind = isTie ? Larger(LeftBehind, other.LeftBehind) : newer.LeftBehind,
        };

        // "In a row" means with none in order between them, also where each observer has seen only one of the two.
        return merged.LateStamp - merged.LateBy < merged.Newest - merged.Offset ? merged with { LateBy = null, LateStamp = null } : merged;
    }

    /// <summary>A fast clock's envelope that arrives after the clock was set back bears a stamp to come, and is old all the same.</summary>
    private bool IsOfTheEpochBefore(DateTimeOffset stamp, TimeSpan offset) => stamp <= LeftBehind && offset - Offset > SameOffset;

    private DeviceClock InOrder(DateTimeOffset stamp, TimeSpan offset) =>
        new(Epoch, stamp, Offset: offset, LeftBehind: stamp > LeftBehind ? null : LeftBehind, Steady: Steady);

    private static T? Larger<T>(T? left, T? right)
        where T : struct, IComparable<T> => left is null || right?.CompareTo(left.Value) > 0 ? right : left;
}

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
public sealed record DeviceClock(
    int Epoch,
    DateTimeOffset? Newest,
    TimeSpan? LateBy = null,
    DateTimeOffset? LateStamp = null,
    TimeSpan? Offset = null,
    DateTimeOffset? LeftBehind = null)
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
            return (isAhead ? InOrder(stamp, offset) : new DeviceClock(Epoch + 1, stamp, Offset: offset, LeftBehind: Newest), false);
        }

        // A chunk of the same late tick must not push the first one's stamp ahead, or the second tick would never be another one.
        return LateStamp is { } first && stamp >= first && stamp - first < AnotherTick
            ? (this, true)
            : (this with { LateBy = offset, LateStamp = stamp }, true);
    }

    /// <summary>What two observers know together: two instances serve one device, and each has seen only its own share.</summary>
    public DeviceClock MergedWith(DeviceClock other)
    {
        if (Epoch != other.Epoch) return Epoch > other.Epoch ? this : other;
        var newer = Newest is null || other.Newest > Newest ? other : this;
        // Ties are broken too: an envelope that was retried reached both observers under one stamp, and they must not disagree for ever.
        var later = LateStamp is null || other.LateStamp > LateStamp || (other.LateStamp == LateStamp && other.LateBy > LateBy) ? other : this;
        var isTie = Newest == other.Newest;
        return newer with
        {
            LateBy = later.LateBy,
            LateStamp = later.LateStamp,
            Offset = isTie ? Larger(Offset, other.Offset) : newer.Offset,
            LeftBehind = isTie ? Larger(LeftBehind, other.LeftBehind) : newer.LeftBehind,
        };
    }

    /// <summary>A fast clock's envelope that arrives after the clock was set back bears a stamp to come, and is old all the same.</summary>
    private bool IsOfTheEpochBefore(DateTimeOffset stamp, TimeSpan offset) => stamp <= LeftBehind && offset - Offset > SameOffset;

    private DeviceClock InOrder(DateTimeOffset stamp, TimeSpan offset) =>
        new(Epoch, stamp, Offset: offset, LeftBehind: stamp > LeftBehind ? null : LeftBehind);

    private static T? Larger<T>(T? left, T? right)
        where T : struct, IComparable<T> => left is null || right?.CompareTo(left.Value) > 0 ? right : left;
}

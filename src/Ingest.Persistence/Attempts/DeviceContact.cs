using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;
using Ingest.Persistence.Envelopes;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// What this process knows of one device: its clock, its last attempts, and since when it fails. Not data: it reaches the database
/// behind the answers. Guarded by the lock of <see cref="DeviceContacts"/>, which hands it out.
/// </summary>
internal sealed class DeviceContact(string workspaceId, string deviceId) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>What this process last wrote of it.</summary>
    private ContactFacts? _written;

    private bool _hasNews;

    private LastAttempt? _last;

    /// <summary>Fields that it sent and may not, of which the database was not told.</summary>
    private DroppedFields? _dropped;

    private DateTimeOffset _droppedAt;

    /// <summary>The attempt that equal ones are counted into.</summary>
    private AttemptRow? _row;

    /// <summary>How many requests use or wait for this contact; only an unused one may be forgotten.</summary>
    public int Users { get; set; }

    public DeviceClock Clock { get; private set; } = DeviceClock.Unseen;

    public bool IsRegistered { get; set; }

    public TimeSpan? ClockSkew { get; private set; }

    /// <summary>The rejected rows of the last envelope that had no usable one.</summary>
    public byte[]? RefusedRows { get; private set; }

    public DateTimeOffset? LastStoredAt { get; private set; }

    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>What is known to be stored of it. Only who has entered may ask or tell.</summary>
    public KnownState? Known { get; set; }

    public DateTimeOffset? LastReceivedAt => _last?.At ?? _row?.LastReceivedAt;

    public bool HasAttempted => _last is not null;

    /// <summary>Since when it is among those that have something to be written; null: it is not. A timestamp, since a calendar may stand still.</summary>
    public long? WaitsSince { get; set; }

    public bool IsWritten => !_hasNews && _dropped is null && _row is null or { IsWritten: true };

    public Task EnterAsync(CancellationToken cancellation) => _gate.WaitAsync(cancellation);

    public void Leave() => _gate.Release();

    public void Learn(DeviceClock stored) => Clock = Clock.MergedWith(stored);

    /// <summary>An envelope without a stamp is ordered by its arrival, and tells nothing of the device's clock.</summary>
    public ObservedStamp Observe(DateTimeOffset now, DateTimeOffset? stamp, LedgerPolicy policy)
    {
        var isRepeated = stamp is { } sent && Clock.HasJustSeen(sent);
        (Clock, var isLate) = Clock.Observe(now, stamp ?? now, policy);
        ClockSkew = stamp - now ?? ClockSkew;
        _hasNews = true;
        return new ObservedStamp(Clock, isLate, isRepeated);
    }

    /// <returns>The row before, where not all of it is written.</returns>
    public AttemptRow? Attempted(SyncAttempt attempt)
    {
        if (attempt.DeviceId.Length > 0) Remember(attempt);
        if (_row is { IsGivenUp: false } && attempt.Repeats(_row.Attempt))
        {
            _row.Repeat(attempt);
            return null;
        }

        var before = _row;
        _row = new AttemptRow(attempt);
        return before is null or { IsWritten: true } ? null : before;
    }

    /// <summary>The row of that attempt as it is counted here, which may be more than is written of it.</summary>
    public AttemptCount? CountOf(Guid attemptId) => _row?.Attempt.AttemptId == attemptId ? _row.Count : null;

    /// <summary>Takes what has to be written now.</summary>
    /// <param name="hasWaited">Whether what can wait has waited long enough.</param>
    /// <param name="unwritten">Is added to.</param>
    /// <returns>Whether that was all there is to write.</returns>
    public bool Take(bool hasWaited, UnwrittenContacts unwritten)
    {
        var (hasRow, hasFacts) = (_row is { IsWritten: false }, _hasNews && HasAttempted);
        var takesFacts = hasFacts && (hasWaited || IsPressing());
        var takesRow = hasRow && (hasWaited || takesFacts || _row!.WrittenTimes == 0);
        if (takesRow) unwritten.Add(_row!);
        if (takesFacts)
        {
            unwritten.Facts.Add(Facts());
            unwritten.FactsOf.Add(this);
            _hasNews = false;
        }

        // Never by itself: whatever is dropped, an attempt tells of the device, so that there are facts too.
        if (takesFacts && _dropped is not null)
        {
            unwritten.Drops.Add(new UnwrittenDrops(this, workspaceId, deviceId, _dropped, _droppedAt));
            _dropped = null;
        }

        if (takesRow || takesFacts) unwritten.Contacts.Add(this);
        return takesRow == hasRow && takesFacts == hasFacts;
    }

    public void Wrote(ContactFacts facts) => _written = facts;

    public void FactsNotWritten() => _hasNews = true;

    /// <summary>A count is added to what stands in the database: where a write succeeded and nobody heard of it, it counts twice. It is no data.</summary>
    public void NotWritten(UnwrittenDrops drops) => Drop(drops.Fields, drops.LastAt);

    public ContactFacts? Peek() => HasAttempted ? Facts() : null;

    public void Dispose() => _gate.Dispose();

    private void Drop(DroppedFields fields, DateTimeOffset at)
    {
        (_dropped ??= new DroppedFields()).Add(fields);
        if (at > _droppedAt) _droppedAt = at;
    }

    private void Remember(SyncAttempt attempt)
    {
        _hasNews = true;
        if (attempt.Dropped is { } dropped) Drop(dropped, attempt.ReceivedAt);
        RefusedRows = attempt.RejectedDigest ?? RefusedRows;
        if (attempt.IsAccepted && !(LastStoredAt > attempt.ReceivedAt)) LastStoredAt = attempt.ReceivedAt;

        // Answers overtake each other; the last attempt is the one that came last.
        if (_last?.At > attempt.ReceivedAt) return;
        _last = LastAttempt.Of(attempt);
        FailingSince = attempt.IsAccepted ? null : FailingSince ?? attempt.ReceivedAt;
    }

    /// <summary>
    /// Whether it tells more than that the device goes on as it was written. The order of its envelopes is among what must not wait: what
    /// another instance knows of the device's clock is never behind by more than <see cref="DeviceContacts.Lazily"/> of that very clock.
    /// </summary>
    private bool IsPressing()
    {
        if (_written is not { LastAttempt: var before, Clock: var clock }) return true;
        var last = _last!.Value;
        return !last.EndedLike(before)
            || FailingSince != _written.FailingSince
            || last.At - before.At >= DeviceContacts.Lazily
            || (Clock.Epoch, Clock.LateBy, Clock.LateStamp, Clock.LeftBehind) != (clock.Epoch, clock.LateBy, clock.LateStamp, clock.LeftBehind)
            || Clock.Newest is null != clock.Newest is null
            || Clock.Newest - clock.Newest >= DeviceContacts.Lazily;
    }

    private ContactFacts Facts() => new(workspaceId, deviceId, _last!.Value, LastStoredAt, FailingSince, Clock, ClockSkew);
}

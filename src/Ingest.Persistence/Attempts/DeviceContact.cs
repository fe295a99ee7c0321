using Ingest.Domain.Health;
using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// What this process knows of one device: its clock, its last attempt, and since when it fails. Not data: it reaches the database
/// behind the answers, and whoever holds it may read and write it.
/// </summary>
internal sealed class DeviceContact : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _facts = new();

    /// <summary>How many requests use or wait for this contact; only an unused one may be forgotten.</summary>
    public int Users { get; set; }

    public DeviceClock Clock { get; private set; } = DeviceClock.Unseen;

    public bool IsRegistered { get; set; }

    public TimeSpan? ClockSkew { get; private set; }

    public SyncAttempt? LastAttempt { get; private set; }

    /// <summary>The rejected rows of the last envelope that had no usable one.</summary>
    public byte[]? RefusedRows { get; private set; }

    public DateTimeOffset? LastStoredAt { get; private set; }

    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>What it brought last, where all of that is stored. Only who has entered may ask or tell.</summary>
    public StoredPayload? Stored { get; set; }

    /// <summary>Whether something here has not reached the database yet.</summary>
    public bool IsDirty { get; set; }

    public Task EnterAsync(CancellationToken cancellation) => _gate.WaitAsync(cancellation);

    public void Leave() => _gate.Release();

    public void Learn(DeviceClock stored)
    {
        lock (_facts) Clock = Clock.MergedWith(stored);
    }

    /// <summary>An envelope without a stamp is ordered by its arrival, and tells nothing of the device's clock.</summary>
    public ObservedStamp Observe(DateTimeOffset now, DateTimeOffset? stamp, LedgerPolicy policy)
    {
        lock (_facts)
        {
            var isRepeated = stamp is { } sent && Clock.HasJustSeen(sent);
            (Clock, var isLate) = Clock.Observe(now, stamp ?? now, policy);
            ClockSkew = stamp - now ?? ClockSkew;
            IsDirty = true;
            return new ObservedStamp(Clock, isLate, isRepeated);
        }
    }

    public void Attempted(SyncAttempt attempt)
    {
        lock (_facts)
        {
            IsDirty = true;
            RefusedRows = attempt.RejectedDigest ?? RefusedRows;
            if (attempt.IsAccepted && !(LastStoredAt > attempt.ReceivedAt)) LastStoredAt = attempt.ReceivedAt;

            // Answers overtake each other; the last attempt is the one that came last.
            if (LastAttempt?.ReceivedAt > attempt.ReceivedAt) return;
            LastAttempt = attempt;
            FailingSince = attempt.IsAccepted ? null : FailingSince ?? attempt.ReceivedAt;
        }
    }

    /// <summary>What shall be written behind, taken at once.</summary>
    public ContactFacts? TakeDirty(string workspaceId, string deviceId)
    {
        lock (_facts)
        {
            if (!IsDirty || LastAttempt is null) return null;
            IsDirty = false;
            return Facts(workspaceId, deviceId);
        }
    }

    public ContactFacts? Peek(string workspaceId, string deviceId)
    {
        lock (_facts) return LastAttempt is null ? null : Facts(workspaceId, deviceId);
    }

    public void Dispose() => _gate.Dispose();

    private ContactFacts Facts(string workspaceId, string deviceId) => new(workspaceId, deviceId, LastAttempt!, LastStoredAt, FailingSince, Clock, ClockSkew);
}

using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Attempts;

namespace Ingest.Persistence.Envelopes;

/// <summary>An envelope on its way through a transaction, which it may share with those of other devices.</summary>
internal sealed class EnvelopeWork(ReceivedEnvelope received)
{
    public ReceivedEnvelope Received { get; } = received;

    public string WorkspaceId => Received.Caller.WorkspaceId;

    public string DeviceId => Received.Envelope.DeviceId;

    public (string WorkspaceId, string DeviceId) Device => (WorkspaceId, DeviceId);

    /// <summary>What this process knows of the device; null for rows out of quarantine.</summary>
    public ContactLease? Contact { get; init; }

    /// <summary>When its sender waits no longer.</summary>
    public CancellationToken GivenUp { get; init; }

    /// <summary>What its stamp tells; taken in once, also where it is decided more than once.</summary>
    public ObservedStamp? Stamp { get; set; }

    /// <summary>When the device brought it, for rows out of quarantine; otherwise null.</summary>
    public DateTimeOffset? BroughtAt { get; init; }

    /// <summary>Whether the server can take the device's look-back now.</summary>
    public bool MayLookBack { get; init; }

    public StoredState Stored { get; set; } = new(DeviceState.Unknown);

    /// <summary>What the database knows of the device's clock; another instance may have seen more of it.</summary>
    public DeviceClock StoredClock { get; set; } = DeviceClock.Unseen;

    public EnvelopePlan? Plan { get; set; }

    /// <summary>What need not be read, as long as the device has the revision.</summary>
    public KnownState? Known { get; set; }

    /// <summary>Whether its rows are known to stand there, so that none of them has to be read.</summary>
    public bool IsStoredAlready { get; set; }

    /// <summary>Names what is stored of the device once this is.</summary>
    public Guid NextRevision { get; } = Guid.NewGuid();

    /// <summary>Whether it is stored or refused, for good.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Why it is not, where trying again in this process is of no use.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Set when the envelope cannot be stored, which concerns no other envelope of the transaction.</summary>
    public StoreResult? Refusal { get; set; }

    public int Rows => Received.Envelope.UsableRows + Received.Envelope.Rejected.Count;

    /// <summary>Refuses it where people of the workspace want none of its device.</summary>
    /// <returns>Whether it is refused.</returns>
    public bool RefuseByStanding()
    {
        Refusal = Stored.Device.Standing switch
        {
            DeviceStanding.Active => null,
            DeviceStanding.Paused => new StoreResult.DevicePaused(Stored.Device.StandingReason),
            _ => new StoreResult.DeviceRevoked(Stored.Device.StandingReason),
        };
        return Refusal is not null;
    }

    /// <summary>
    /// Takes in what its stamp tells. Once an envelope: what is read when it is decided again is older than what the stamp has told by then.
    /// </summary>
    public void Observe(LedgerPolicy policy)
    {
        if (Stamp is not null) return;
        Contact!.Learn(StoredClock, Stored.Device.IsRegistered);
        Stamp = Contact.Observe(Received.ReceivedAt, Received.Envelope.SyncedAt, policy);
    }

    /// <summary>It is refused, or what was planned is committed.</summary>
    public void Settle()
    {
        IsSettled = true;
        if (Refusal is not null) return;
        Contact!.Registered();
        if (!IsStoredAlready) Contact.Remember(this);
    }

    public void Decide(LedgerPolicy policy) => Plan = EnvelopePlanner.Plan(
        new Arrival
        {
            Received = Received,
            Clock = Stamp!.Clock,
            IsLate = Stamp.IsLate,
            IsRepeated = Stamp.IsRepeated,
            MayLookBack = MayLookBack,
            IsStoredAlready = IsStoredAlready,
            BroughtAt = BroughtAt,
        },
        Stored,
        policy);

    /// <summary>What was taken for known is read.</summary>
    public void Forget()
    {
        Known = null;
        Stored = new StoredState(Stored.Device);
    }

    /// <summary>What was read before is read anew. What comes alone may do so because what was known was wrong: all of it is read.</summary>
    public void Forget(DeviceLocks locks)
    {
        IsStoredAlready &= locks == DeviceLocks.None;
        Known = IsStoredAlready || locks == DeviceLocks.IfFree ? Contact?.Known : null;
        Stored = new StoredState(DeviceState.Unknown);
        StoredClock = DeviceClock.Unseen;
        Plan = null;
        Refusal = null;
    }

    /// <summary>The rows of a day that was read are in key order, and none where there are none.</summary>
    public void CompleteRows()
    {
        foreach (var rows in Stored.Rows.Values)
        {
            for (var i = 1; i < rows.Count; i++)
            {
                if (rows[i - 1].Row.Key < rows[i].Row.Key) continue;
                rows.Sort(static (left, right) => left.Row.Key.CompareTo(right.Row.Key));
                break;
            }
        }

        foreach (var day in Received.Envelope.Days)
        {
            if (Stored.Days.TryGetValue(day.Day, out var known) && known.Digest != day.Digest) Stored.Rows.TryAdd(day.Day, []);
        }

        foreach (var day in Plan?.Unread ?? []) Stored.Rows.TryAdd(day, []);
    }

    public DayWrite Write(DayChange day) => new(WorkspaceId, DeviceId, Received.AttemptId, Received.ReceivedAt, day);
}

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

    /// <summary>What its stamp tells; taken in once, also where it is decided more than once.</summary>
    public ObservedStamp? Stamp { get; set; }

    /// <summary>False for rows out of quarantine: no daemon reads the answer.</summary>
    public bool IsFromDevice { get; init; } = true;

    /// <summary>Whether the server can take the device's look-back now.</summary>
    public bool MayLookBack { get; set; }

    public StoredState Stored { get; set; } = new(DeviceState.Unknown);

    /// <summary>What the database knows of the device's clock; another instance may have seen more of it.</summary>
    public DeviceClock StoredClock { get; set; } = DeviceClock.Unseen;

    public EnvelopePlan? Plan { get; set; }

    /// <summary>Set when the envelope cannot be stored, which concerns no other envelope of the transaction.</summary>
    public StoreResult? Refusal { get; set; }

    public void Decide(LedgerPolicy policy) => Plan = EnvelopePlanner.Plan(
        new Arrival
        {
            Received = Received,
            Clock = Stamp!.Clock,
            IsLate = Stamp.IsLate,
            IsRepeated = Stamp.IsRepeated,
            MayLookBack = MayLookBack,
            IsFromDevice = IsFromDevice,
        },
        Stored,
        policy);

    public DayWrite Write(DayChange day) => new(WorkspaceId, DeviceId, Received.AttemptId, Received.ReceivedAt, day);
}

using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Attempts;

/// <summary>The right to handle an envelope of one device; no other request of this process has it at the same time.</summary>
internal sealed class ContactLease(DeviceContacts owner, (string WorkspaceId, string DeviceId) device, DeviceContact contact) : IDisposable
{
    /// <summary>Takes in what the database knows; another instance may have seen more.</summary>
    public void Learn(DeviceClock stored, bool isRegistered) => owner.Learn(contact, stored, isRegistered);

    public ObservedStamp Observe(DateTimeOffset now, DateTimeOffset? stamp, LedgerPolicy policy) => owner.Observe(contact, now, stamp, policy);

    /// <summary>What the device is known to have stored; null where that is not known.</summary>
    public StoredPayload? Stored => contact.Stored;

    public void Remember(StoredPayload stored) => contact.Stored = stored;

    public void Registered() => contact.IsRegistered = true;

    public void Dispose()
    {
        contact.Leave();
        owner.Release(device, contact);
    }
}

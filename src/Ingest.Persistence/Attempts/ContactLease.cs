using Ingest.Domain.Ledger;
using Ingest.Persistence.Envelopes;

namespace Ingest.Persistence.Attempts;

/// <summary>The right to handle an envelope of one device; no other request of this process has it at the same time.</summary>
internal sealed class ContactLease(DeviceContacts owner, (string WorkspaceId, string DeviceId) device, DeviceContact contact) : IDisposable
{
    /// <summary>Takes in what the database knows; another instance may have seen more.</summary>
    public void Learn(DeviceClock stored, bool isRegistered) => owner.Learn(contact, stored, isRegistered);

    public ObservedStamp Observe(DateTimeOffset now, DateTimeOffset? stamp, LedgerPolicy policy) => owner.Observe(contact, now, stamp, policy);

    /// <summary>What is known to be stored of it.</summary>
    public KnownState? Known => contact.Known;

    public void Remember(EnvelopeWork settled) => owner.Remember(contact, settled);

    public void Registered() => contact.IsRegistered = true;

    public void Dispose()
    {
        contact.Leave();
        owner.Release(device, contact);
    }
}

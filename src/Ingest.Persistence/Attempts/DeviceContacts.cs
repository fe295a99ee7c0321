using Ingest.Domain.Health;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// The devices this process is or was lately in contact with. Held in memory because an unchanged envelope must cost no write;
/// bounded because an entry that is written behind, unused and quiet is forgotten.
/// </summary>
internal sealed class DeviceContacts(TimeProvider time)
{
    /// <summary>A stock daemon comes every five minutes; one that does so is not forgotten in between.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(15);

    private readonly Dictionary<(string WorkspaceId, string DeviceId), DeviceContact> _contacts = [];
    private readonly Lock _lock = new();

    /// <summary>Waits until no other request of this process handles the device.</summary>
    public async Task<ContactLease> EnterAsync((string WorkspaceId, string DeviceId) device, CancellationToken cancellation)
    {
        DeviceContact contact;
        lock (_lock)
        {
            contact = GetOrAdd(device);
            contact.Users++;
        }

        try
        {
            await contact.EnterAsync(cancellation);
            return new ContactLease(this, device, contact);
        }
        catch
        {
            Release(device, contact);
            throw;
        }
    }

    public void Release((string WorkspaceId, string DeviceId) device, DeviceContact contact)
    {
        lock (_lock)
        {
            contact.Users--;
            if (contact is { Users: 0, LastAttempt: null, IsDirty: false, IsRegistered: false }) Forget(device, contact);
        }
    }

    public void Attempted(SyncAttempt attempt)
    {
        lock (_lock) GetOrAdd((attempt.WorkspaceId, attempt.DeviceId)).Attempted(attempt);
    }

    public ContactFacts? Peek(string workspaceId, string deviceId)
    {
        lock (_lock) return _contacts.TryGetValue((workspaceId, deviceId), out var contact) ? contact.Peek(workspaceId, deviceId) : null;
    }

    public byte[]? RefusedRows(string workspaceId, string deviceId)
    {
        lock (_lock) return _contacts.TryGetValue((workspaceId, deviceId), out var contact) ? contact.RefusedRows : null;
    }

    /// <summary>Takes what has to be written and forgets who has been quiet.</summary>
    public List<ContactFacts> TakeDirty()
    {
        var dirty = new List<ContactFacts>();
        var quietSince = time.GetUtcNow() - Quiet;
        lock (_lock)
        {
            foreach (var (device, contact) in _contacts)
            {
                if (contact.TakeDirty(device.WorkspaceId, device.DeviceId) is { } facts) dirty.Add(facts);
                else if (contact.Users == 0 && (contact.LastAttempt?.ReceivedAt ?? DateTimeOffset.MinValue) < quietSince) Forget(device, contact);
            }
        }

        return dirty;
    }

    /// <summary>What could not be written has to be written later.</summary>
    public void MarkDirty(IEnumerable<ContactFacts> facts)
    {
        lock (_lock)
        {
            foreach (var fact in facts)
            {
                if (_contacts.TryGetValue((fact.WorkspaceId, fact.DeviceId), out var contact)) contact.IsDirty = true;
            }
        }
    }

    private DeviceContact GetOrAdd((string WorkspaceId, string DeviceId) device)
    {
        if (!_contacts.TryGetValue(device, out var contact)) _contacts[device] = contact = new DeviceContact();
        return contact;
    }

    private void Forget((string WorkspaceId, string DeviceId) device, DeviceContact contact)
    {
        _contacts.Remove(device);
        contact.Dispose();
    }
}

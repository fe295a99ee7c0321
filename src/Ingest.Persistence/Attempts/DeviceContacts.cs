using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Envelopes;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// The devices this process is or was lately in contact with. Held in memory because an unchanged envelope must cost no write;
/// bounded because an entry that is written behind, unused and quiet is forgotten.
/// </summary>
internal sealed class DeviceContacts(TimeProvider time)
{
    /// <summary>
    /// How long it may wait to be written that a device goes on as before: the same outcome again, a stamp a little later. A crash loses
    /// as much of it, and another instance is as far behind. A stock daemon comes every five minutes, and so is written each time.
    /// </summary>
    public static readonly TimeSpan Lazily = TimeSpan.FromSeconds(10);

    /// <summary>Rows of attempts that are kept for a database that is away.</summary>
    private const int MostClosed = 20_000;

    /// <summary>How much is kept of all devices together, for their next envelopes.</summary>
    private const long MostKnownBytes = 32_000_000;

    /// <summary>A stock daemon comes every five minutes; one that does so is not forgotten in between.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string WorkspaceId, string Sender), DeviceContact> _contacts = [];
    private readonly Queue<AttemptRow> _closed = new();
    private readonly Lock _lock = new();

    /// <summary>Those of which something has to be written.</summary>
    private readonly List<DeviceContact> _waiting = [];

    private long _sweptAt = time.GetTimestamp();
    private long _knownBytes;

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
            if (contact is { Users: 0, HasAttempted: false, IsWritten: true, IsRegistered: false }) Forget(device, contact);
        }
    }

    public void Learn(DeviceContact contact, DeviceClock stored, bool isRegistered)
    {
        lock (_lock)
        {
            contact.Learn(stored);
            contact.IsRegistered |= isRegistered;
        }
    }

    public ObservedStamp Observe(DeviceContact contact, DateTimeOffset now, DateTimeOffset? stamp, LedgerPolicy policy)
    {
        lock (_lock)
        {
            Await(contact);
            return contact.Observe(now, stamp, policy);
        }
    }

    /// <summary>Only who has entered may tell.</summary>
    public void Remember(DeviceContact contact, EnvelopeWork settled)
    {
        var before = contact.Known?.Weight ?? 0;
        if (!settled.Plan!.HoldsAll) contact.Known = null;
        else (contact.Known ??= new KnownState()).Become(settled, MostKnownBytes - Volatile.Read(ref _knownBytes) + before);
        Interlocked.Add(ref _knownBytes, (contact.Known?.Weight ?? 0) - before);
    }

    public void Attempted(SyncAttempt attempt)
    {
        lock (_lock)
        {
            var contact = GetOrAdd((attempt.WorkspaceId, Sender(attempt.DeviceId, attempt.KeyId)));
            if (contact.Attempted(attempt) is { } before) Close(before);
            Await(contact);
        }
    }

    public ContactFacts? Peek(string workspaceId, string deviceId)
    {
        lock (_lock) return _contacts.GetValueOrDefault((workspaceId, deviceId))?.Peek();
    }

    /// <summary>Of all senders of a workspace; what did not name a device is told apart by its key.</summary>
    public Dictionary<string, ContactFacts?> PeekAll(string workspaceId)
    {
        lock (_lock)
        {
            return _contacts.Where(contact => contact.Key.WorkspaceId == workspaceId)
                .ToDictionary(contact => contact.Key.Sender, contact => contact.Value.Peek(), StringComparer.Ordinal);
        }
    }

    public byte[]? RefusedRows(string workspaceId, string deviceId)
    {
        lock (_lock) return _contacts.GetValueOrDefault((workspaceId, deviceId))?.RefusedRows;
    }

    /// <summary>How often that attempt came, and when last, where it is counted on here.</summary>
    public AttemptCount? CountOf(string workspaceId, string deviceId, Guid keyId, Guid attemptId)
    {
        lock (_lock) return _contacts.GetValueOrDefault((workspaceId, Sender(deviceId, keyId)))?.CountOf(attemptId);
    }

    /// <summary>Takes what has to be written, and forgets who has been quiet.</summary>
    /// <param name="most">Rows, and contacts, of one transaction.</param>
    /// <param name="everything">Also what could wait.</param>
    public UnwrittenContacts Take(int most, bool everything)
    {
        var unwritten = new UnwrittenContacts();
        lock (_lock)
        {
            Sweep();
            while (unwritten.Closed.Count < most && _closed.TryDequeue(out var closed))
            {
                unwritten.Closed.Add(closed);
                unwritten.Add(closed);
            }

            var (now, still) = (time.GetTimestamp(), 0);
            for (var i = 0; i < _waiting.Count; i++)
            {
                var contact = _waiting[i];
                var isFull = unwritten.Rows >= most || unwritten.Facts.Count >= most;
                if (!isFull && contact.Take(everything || time.GetElapsedTime(contact.WaitsSince!.Value, now) >= Lazily, unwritten)) contact.WaitsSince = null;
                else _waiting[still++] = contact;
            }

            _waiting.RemoveRange(still, _waiting.Count - still);
        }

        return unwritten;
    }

    public void Wrote(UnwrittenContacts written)
    {
        lock (_lock)
        {
            foreach (var count in written.NewRows) count.Row.WrittenTimes = count.Times;
            foreach (var count in written.CountedOn) count.Row.WrittenTimes = count.Times;
            for (var i = 0; i < written.Facts.Count; i++) written.FactsOf[i].Wrote(written.Facts[i]);
        }
    }

    /// <summary>What could not be written has to be written later.</summary>
    public void NotWritten(UnwrittenContacts unwritten)
    {
        lock (_lock)
        {
            foreach (var closed in unwritten.Closed) Close(closed);
            foreach (var contact in unwritten.FactsOf) contact.FactsNotWritten();
            foreach (var drops in unwritten.Drops) drops.Contact.NotWritten(drops);
            foreach (var contact in unwritten.Contacts) Await(contact);
        }
    }

    public void GiveUp(UnwrittenContacts refused)
    {
        lock (_lock)
        {
            foreach (var count in refused.NewRows) count.Row.IsGivenUp = true;
        }
    }

    /// <summary>Where the body did not name a device, the key tells senders apart; no device id begins like that.</summary>
    private static string Sender(string deviceId, Guid keyId) => deviceId.Length > 0 ? deviceId : $"key {keyId}";

    private DeviceContact GetOrAdd((string WorkspaceId, string Sender) device)
    {
        if (!_contacts.TryGetValue(device, out var contact)) _contacts[device] = contact = new DeviceContact(device.WorkspaceId, device.Sender);
        return contact;
    }

    private void Await(DeviceContact contact)
    {
        if (contact.WaitsSince is not null) return;
        contact.WaitsSince = time.GetTimestamp();
        _waiting.Add(contact);
    }

    /// <summary>While the database is away, the newest are kept.</summary>
    private void Close(AttemptRow row)
    {
        if (_closed.Count >= MostClosed) _closed.Dequeue();
        _closed.Enqueue(row);
    }

    private void Sweep()
    {
        if (time.GetElapsedTime(_sweptAt) < BetweenSweeps) return;
        _sweptAt = time.GetTimestamp();
        var quietSince = time.GetUtcNow() - Quiet;
        foreach (var (device, contact) in _contacts)
        {
            if (contact is { Users: 0, WaitsSince: null } && !(contact.LastReceivedAt >= quietSince)) Forget(device, contact);
        }
    }

    private void Forget((string WorkspaceId, string Sender) device, DeviceContact contact)
    {
        _contacts.Remove(device);
        Interlocked.Add(ref _knownBytes, -(contact.Known?.Weight ?? 0));
        contact.Dispose();
    }
}

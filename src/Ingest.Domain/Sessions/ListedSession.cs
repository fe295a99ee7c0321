using Ingest.Domain.Devices;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Sessions;

/// <summary>A session and the device it is of.</summary>
public sealed record ListedSession(StoredSession Session, SendingDevice Device)
{
    /// <summary>When something happened in it last, by the device's clock (C§1.3).</summary>
    public DateTimeOffset LastActiveAt => Session.EndedAt ?? Session.StartedAt;

    public SessionPlace Place => new(LastActiveAt, Device.DeviceId, Session.SessionId);
}

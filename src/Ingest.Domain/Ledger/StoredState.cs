using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>What the database holds under the keys one envelope names.</summary>
public sealed class StoredState(DeviceState device)
{
    public DeviceState Device { get; } = device;

    public Dictionary<DateOnly, LedgerDay> Days { get; } = [];

    /// <summary>Days between the device's last confirmed position and the envelope's end that the envelope does not name, neither gone nor expired.</summary>
    public List<LedgerDay> UnnamedDays { get; } = [];

    /// <summary>The rows, ghosts too and in key order, of the days that had to be compared; only these are read.</summary>
    public Dictionary<DateOnly, List<StoredRollup>> Rows { get; } = [];

    public Dictionary<string, StoredSession> Sessions { get; } = new(StringComparer.Ordinal);

    public Dictionary<WindowKey, StoredWindow> Windows { get; } = [];

    /// <summary>Quarantined rows the envelope brings again, or has usable rows of the same key for, with the SHA-256 of what is kept of them.</summary>
    public Dictionary<Guid, byte[]> Quarantined { get; } = [];
}

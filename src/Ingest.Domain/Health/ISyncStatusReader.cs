using Ingest.Domain.Identity;

namespace Ingest.Domain.Health;

/// <summary>Reads how a device's sync is doing.</summary>
public interface ISyncStatusReader
{
    /// <returns>Null alike where the device does not exist, is another workspace's, or is one the caller may not see (C§2.2).</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<DeviceStatus?> FindAsync(Caller caller, string deviceId, CancellationToken cancellation);

    /// <returns>The status of those the caller may see and of which anything is stored, in no order.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<IReadOnlyList<DeviceStatus>> FindAllAsync(Caller caller, IReadOnlyCollection<string> deviceIds, CancellationToken cancellation);
}

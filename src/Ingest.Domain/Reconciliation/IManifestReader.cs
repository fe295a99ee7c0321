using Ingest.Domain.Identity;

namespace Ingest.Domain.Reconciliation;

/// <summary>Reads what is stored of a device, day by day.</summary>
public interface IManifestReader
{
    /// <returns>Null alike where the device does not exist, is another workspace's, or is one the caller may not see (C§2.2).</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<Manifest?> ReadAsync(Caller caller, string deviceId, DayRange range, int limit, CancellationToken cancellation);
}

using Ingest.Domain.Identity;

namespace Ingest.Domain.Reconciliation;

/// <summary>Reads the change ledger of a device.</summary>
public interface IChangeReader
{
    /// <param name="caller">Who asks.</param>
    /// <param name="deviceId">Of which device.</param>
    /// <param name="range">Which days.</param>
    /// <param name="after">The last change of the page before, or null for the first page.</param>
    /// <param name="limit">Changes of one page.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null alike where the device does not exist, is another workspace's, or is one the caller may not see (C§2.2).</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<ChangePage?> ListAsync(Caller caller, string deviceId, DayRange range, TimedPlace? after, int limit, CancellationToken cancellation);

    /// <returns>Whether the caller may see the device, and the version where it has one of this id.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<(bool DeviceIsVisible, EarlierVersion? Version)> FindAsync(Caller caller, string deviceId, Guid versionId, CancellationToken cancellation);
}

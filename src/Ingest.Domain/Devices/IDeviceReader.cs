using Ingest.Domain.Identity;

namespace Ingest.Domain.Devices;

/// <summary>Reads devices as people of their workspace keep them.</summary>
public interface IDeviceReader
{
    /// <param name="caller">Whose devices: a member's own, or all of the workspace for who may see them.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="after">Those behind this id; null begins.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>By id.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<IReadOnlyList<DeviceRecord>> ListAsync(Caller caller, DeviceFilter filter, string? after, int most, CancellationToken cancellation);

    /// <returns>Null alike where there is no such device, and where the caller does not see it.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<DeviceRecord?> FindAsync(Caller caller, string deviceId, CancellationToken cancellation);
}

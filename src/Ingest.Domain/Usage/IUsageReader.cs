using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Usage;

/// <summary>Reads what devices used, from the ledger alone.</summary>
public interface IUsageReader
{
    /// <param name="caller">Whose devices: a member's own, or all of the workspace for a manager.</param>
    /// <param name="deviceId">One of them, with all ids it had before; or null for all.</param>
    /// <param name="range">Which days.</param>
    /// <param name="most">Entries to read at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null where the caller sees no such device.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<DeviceUsage?> ReadAsync(Caller caller, string? deviceId, DayRange range, int most, CancellationToken cancellation);
}

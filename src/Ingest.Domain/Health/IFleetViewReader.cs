using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Health;

/// <summary>Reads how all devices somebody sees are doing.</summary>
public interface IFleetViewReader
{
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<FleetPage> ReadAsync(Caller caller, FleetQuery query, DateTimeOffset now, CancellationToken cancellation);

    /// <returns>What is stored of the device's days; nothing where the caller sees no such device.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<HeldDays> ReadDaysAsync(Caller caller, string deviceId, DayRange range, CancellationToken cancellation);
}

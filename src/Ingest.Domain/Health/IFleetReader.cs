namespace Ingest.Domain.Health;

/// <summary>Counts the devices of the whole server, across workspaces: for its operator alone.</summary>
public interface IFleetReader
{
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<FleetHealth> ReadAsync(DateTimeOffset now, CancellationToken cancellation);
}

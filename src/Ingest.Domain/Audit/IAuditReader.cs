namespace Ingest.Domain.Audit;

/// <summary>Reads who did what.</summary>
public interface IAuditReader
{
    /// <summary>The newest first.</summary>
    /// <param name="workspaceId">Where it was done; null is every workspace, for who stands above them.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<AuditPage> ListAsync(string? workspaceId, AuditFilter filter, TimedPlace? after, int limit, CancellationToken cancellation);
}

using Ingest.Domain.Identity;

namespace Ingest.Domain.Health;

/// <summary>Lists attempts, the newest first: to a manager those of the workspace, to a member those of their own devices and keys.</summary>
public interface IAttemptReader
{
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<AttemptPage> ListAsync(Caller caller, AttemptFilter filter, TimedPlace? after, int limit, CancellationToken cancellation);
}

using Ingest.Domain.Identity;

namespace Ingest.Domain.Sessions;

/// <summary>
/// Reads sessions: to members those of their own devices, to managers those of the workspace. One that stands under several ids of one device is one,
/// as it was sent last, and those under an id that was superseded are none.
/// </summary>
public interface ISessionReader
{
    /// <summary>Those with the last activity first. Whatever stays as it is while pages follow each other is in exactly one of them.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null where the caller sees no such device.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<SessionPage?> ListAsync(Caller caller, SessionFilter filter, SessionPlace? after, int limit, CancellationToken cancellation);

    /// <summary>One session.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="deviceId">As a filter of the list names a device.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<(bool DeviceIsVisible, ListedSession? Session)> FindAsync(Caller caller, string deviceId, string sessionId, CancellationToken cancellation);
}

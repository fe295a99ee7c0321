using Ingest.Domain.Identity;

namespace Ingest.Domain.Windows;

/// <summary>
/// Reads rate-limit windows: to members those of their own devices, to managers those of the workspace. One that stands under several ids of one
/// device is one, as it was sent last, and those under an id that was superseded are none.
/// </summary>
public interface IWindowReader
{
    /// <summary>Those that began last first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null where the caller sees no such device.</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<WindowPage?> ListAsync(Caller caller, WindowFilter filter, WindowPlace? after, int limit, CancellationToken cancellation);
}

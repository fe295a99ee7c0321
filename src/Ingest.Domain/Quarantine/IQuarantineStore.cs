using Ingest.Domain.Identity;

namespace Ingest.Domain.Quarantine;

/// <summary>The rows that were put aside: each sees and settles those of the devices they see.</summary>
public interface IQuarantineStore
{
    /// <summary>By device, and within a device in an order that does not change while rows come and go.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">Where the list goes on; null begins it.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<QuarantinePage> ListAsync(Caller caller, QuarantineFilter filter, QuarantinePlace? after, int limit, CancellationToken cancellation);

    /// <summary>Deletes rows for good.</summary>
    /// <returns>How many; null alike where the device does not exist, is another workspace's, or is not the caller's to settle.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was deleted, or nobody knows; asking again is safe.</exception>
    Task<int?> DiscardAsync(Caller caller, Actor actor, QuarantineSelection selection, CancellationToken cancellation);

    /// <summary>Tries rows again under the rules of this version. What is stored obeys the same order as the envelope that brought it.</summary>
    /// <returns>Null as in <see cref="DiscardAsync"/>.</returns>
    /// <exception cref="StoreUnavailableException">Some of the rows may have been stored; asking again is safe.</exception>
    Task<ReplayResult?> ReplayAsync(Caller caller, Actor actor, QuarantineSelection selection, CancellationToken cancellation);
}

using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Reconciliation;

/// <summary>Reads every row of a device-day: the answer to "where is my row?".</summary>
public interface IDayRowReader
{
    /// <param name="caller">Who asks.</param>
    /// <param name="deviceId">Of which device.</param>
    /// <param name="day">Of which day.</param>
    /// <param name="after">The last row of the page before, or null for the first page.</param>
    /// <param name="limit">Rows of one page.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null alike where the device does not exist, is another workspace's, or is one the caller may not see (C§2.2).</returns>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<DayRows?> ReadAsync(Caller caller, string deviceId, DateOnly day, RollupKey? after, int limit, CancellationToken cancellation);
}

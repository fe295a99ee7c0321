using Ingest.Domain.Identity;

namespace Ingest.Domain.Usage;

/// <summary>Adds up what devices used, from their live rows.</summary>
public interface IUsageReader
{
    /// <param name="caller">Whose devices: a member's own, or all of the workspace for a manager.</param>
    /// <param name="question">Which usage. A device named in it is asked for with all ids it had before.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="OverflowException">A sum does not fit into 64 bits, or there are more groups than an answer can hold.</exception>
    /// <exception cref="StoreUnavailableException">The database could not answer.</exception>
    Task<UsageReading> ReadAsync(Caller caller, UsageQuestion question, CancellationToken cancellation);
}

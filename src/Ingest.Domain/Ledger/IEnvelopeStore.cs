using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Ledger;

/// <summary>Stores envelopes: each in one transaction, answered after commit.</summary>
public interface IEnvelopeStore
{
    /// <exception cref="StoreUnavailableException">Nothing was stored, or nobody knows; sending the envelope again is safe.</exception>
    Task<StoreResult> StoreAsync(ReceivedEnvelope received, CancellationToken cancellation);
}

using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;

namespace Ingest.Persistence.Envelopes;

/// <summary>What an operator decides about storing.</summary>
/// <param name="Ledger">The numbers of the ledger's rules.</param>
/// <param name="DevicesPerWorkspace">Devices a workspace may register by itself; 0 is no limit.</param>
/// <param name="QuarantinedRows">Quarantined rows a device may hold.</param>
/// <param name="LookBacksPerMinute">Look-backs and requested rewinds that one instance gives out in a minute.</param>
/// <param name="FreeText">What becomes of texts that look like paths or addresses, in rows that come back out of quarantine.</param>
public sealed record StoreLimits(
    LedgerPolicy Ledger, int DevicesPerWorkspace, int QuarantinedRows, int LookBacksPerMinute, FreeTextPolicy FreeText = FreeTextPolicy.Redact);

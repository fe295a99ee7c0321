using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Quarantine;

/// <summary>A row out of quarantine that the rules of today take, on its way into the tables.</summary>
/// <param name="WorkspaceId">The workspace it was kept in.</param>
/// <param name="DeviceId">The device it is of; its row is locked.</param>
/// <param name="Id">As quarantine names it.</param>
/// <param name="Kind">Which payload array it stood in.</param>
/// <param name="Order">Where the envelope that brought it stands among those of the device.</param>
/// <param name="Envelope">This row alone, usable. What it does not name is not gone.</param>
/// <param name="AttemptId">The attempt that brought it.</param>
/// <param name="ReceivedAt">When that attempt arrived.</param>
internal sealed record ReplayedRow(
    string WorkspaceId, string DeviceId, Guid Id, RowKind Kind, EnvelopeOrder Order, Envelope Envelope, Guid AttemptId, DateTimeOffset ReceivedAt)
{
    /// <summary>Nobody's key brings it a second time; the workspace is all that counts.</summary>
    public Caller Sender => new(WorkspaceId, Guid.Empty, Guid.Empty, UserRole.Member, "", Completeness.Row);
}

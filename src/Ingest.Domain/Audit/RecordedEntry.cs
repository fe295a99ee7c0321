using Ingest.Domain.Identity;

namespace Ingest.Domain.Audit;

/// <summary>An entry as it stands in the log.</summary>
/// <param name="WorkspaceId">Where it was done.</param>
/// <param name="EntryId">Names it.</param>
/// <param name="At">When it was done.</param>
/// <param name="ActorKind">How whoever did it came in.</param>
/// <param name="ActorName">What people called them then.</param>
/// <param name="ActorUserId">Who it was.</param>
/// <param name="ActorKeyId">With which key.</param>
/// <param name="ActorAddress">From which network address.</param>
/// <param name="Entry">What was done.</param>
/// <param name="DeviceId">Of a device that is still there, its id.</param>
public sealed record RecordedEntry(
    string WorkspaceId, Guid EntryId, DateTimeOffset At, ActorKind ActorKind, string ActorName, Guid? ActorUserId, Guid? ActorKeyId, string? ActorAddress, AuditEntry Entry, string? DeviceId);

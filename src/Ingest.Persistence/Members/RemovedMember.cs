namespace Ingest.Persistence.Members;

/// <summary>Somebody who was removed, and what ended with that. Their devices and what those sent stay.</summary>
public sealed record RemovedMember(string WorkspaceId, Guid UserId, string Name, DateTimeOffset RemovedAt, int KeysRevoked, int EnrolmentsEnded, int InvitesRevoked);

using Ingest.Domain.Identity;

namespace Ingest.Persistence.Members;

/// <summary>A person of a workspace as others may see them.</summary>
public sealed record ListedMember(string WorkspaceId, Guid UserId, string Name, UserRole Role, DateTimeOffset CreatedAt, int Revision, long LiveKeys, long Devices);

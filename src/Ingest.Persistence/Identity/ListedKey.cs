using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>A key as people may see it. Last used and last polled are written behind and lag by up to half a minute.</summary>
public sealed record ListedKey(
    string WorkspaceId,
    Guid KeyId,
    string Prefix,
    string UserName,
    UserRole Role,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? LastPolledAt,
    Completeness CompleteBy);

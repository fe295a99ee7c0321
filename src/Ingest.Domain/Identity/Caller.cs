namespace Ingest.Domain.Identity;

/// <summary>Who presented a key that exists: the workspace every query of the request is bound to.</summary>
public sealed record Caller(string WorkspaceId, Guid KeyId, Guid UserId, UserRole Role, string KeyPrefix);

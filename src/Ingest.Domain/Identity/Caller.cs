namespace Ingest.Domain.Identity;

/// <summary>Who presented a key that exists: the workspace every query of the request is bound to.</summary>
/// <param name="WorkspaceId">The key's workspace.</param>
/// <param name="KeyId">The key.</param>
/// <param name="UserId">The person the key belongs to.</param>
/// <param name="Role">What that person may see.</param>
/// <param name="KeyPrefix">What people may see of the key.</param>
/// <param name="CompleteBy">What the silence of envelopes means that come with the key.</param>
public sealed record Caller(string WorkspaceId, Guid KeyId, Guid UserId, UserRole Role, string KeyPrefix, Completeness CompleteBy);

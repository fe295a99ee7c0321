namespace Ingest.Domain.Identity;

/// <summary>Who was shown to be who they say: all that a session of the pages begins with.</summary>
/// <param name="WorkspaceId">Where.</param>
/// <param name="UserId">Who.</param>
/// <param name="KeyId">The key that showed it, which bounds what they can do and for how long; null leaves it to their role.</param>
public sealed record PageIdentity(string WorkspaceId, Guid UserId, Guid? KeyId);

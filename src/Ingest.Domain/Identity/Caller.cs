namespace Ingest.Domain.Identity;

/// <summary>Who presented a key that exists: the workspace every query of the request is bound to.</summary>
/// <param name="WorkspaceId">The key's workspace.</param>
/// <param name="KeyId">The key.</param>
/// <param name="UserId">The person the key belongs to.</param>
/// <param name="Role">What that person is.</param>
/// <param name="KeyPrefix">What people may see of the key.</param>
/// <param name="CompleteBy">What the silence of envelopes means that come with the key.</param>
/// <param name="KeyScopes">What the key is for.</param>
public sealed record Caller(
    string WorkspaceId, Guid KeyId, Guid UserId, UserRole Role, string KeyPrefix, Completeness CompleteBy, KeyScopes KeyScopes = KeyScopes.All)
{
    /// <summary>Whether it is no key but a sign-in link that let the person in: then <see cref="KeyId"/> names their session on the pages.</summary>
    public bool IsOfLink { get; init; }

    /// <summary>What people call the key's owner.</summary>
    public string UserName { get; init; } = "";

    /// <summary>What people call the key.</summary>
    public string? KeyName { get; init; }

    /// <summary>The one device whose envelopes the key may bring; null is any.</summary>
    public string? BoundDeviceId { get; init; }

    /// <summary>Whether the one device that the key was for was deleted: then it opens nothing, and whoever has it is told why.</summary>
    public bool IsOfDeletedDevice { get; init; }

    /// <summary>When the key ends by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the key can do, as far as its owner's role goes.</summary>
    public KeyScopes Scopes => PermissionRule.Effective(Role, KeyScopes);

    /// <inheritdoc cref="PermissionRule.SeesAllDevices"/>
    public bool SeesAllDevices => PermissionRule.SeesAllDevices(Scopes);

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;
}

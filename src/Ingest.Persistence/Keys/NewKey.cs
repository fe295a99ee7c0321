using Ingest.Domain.Identity;

namespace Ingest.Persistence.Keys;

/// <summary>What somebody asks for who wants a key.</summary>
/// <param name="WorkspaceId">Where it opens.</param>
/// <param name="Owner">Whose it shall be.</param>
public sealed record NewKey(string WorkspaceId, KeyOwner Owner)
{
    /// <inheritdoc cref="KeyTerms.Name"/>
    public string? Name { get; init; }

    /// <summary>What it is for; null is all that its owner's role allows, and of a key for one device what that device needs.</summary>
    public KeyScopes? Scopes { get; init; }

    /// <inheritdoc cref="KeyTerms.DeviceId"/>
    public string? DeviceId { get; init; }

    /// <inheritdoc cref="KeyTerms.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <inheritdoc cref="KeyTerms.CompleteBy"/>
    public Completeness CompleteBy { get; init; }
}

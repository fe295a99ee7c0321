using Ingest.Domain.Identity;

namespace Ingest.Persistence.Keys;

/// <summary>A key as people may see it. Last used, last polled and the devices are written behind and lag by up to half a minute.</summary>
public record ListedKey
{
    public required string WorkspaceId { get; init; }

    public required Guid KeyId { get; init; }

    public required string? Name { get; init; }

    public required string Prefix { get; init; }

    public required Guid UserId { get; init; }

    public required string UserName { get; init; }

    /// <summary>Whether it belongs to no person.</summary>
    public required bool IsService { get; init; }

    /// <summary>Of its owner.</summary>
    public required UserRole Role { get; init; }

    public required KeyScopes Scopes { get; init; }

    /// <summary>The one device whose envelopes it may bring.</summary>
    public required string? DeviceId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    public required DateTimeOffset? LastUsedAt { get; init; }

    public required DateTimeOffset? LastPolledAt { get; init; }

    public required Completeness CompleteBy { get; init; }

    /// <summary>The key that takes its place, and since when.</summary>
    public required Guid? RotatedTo { get; init; }

    /// <inheritdoc cref="RotatedTo"/>
    public required DateTimeOffset? RotatedAt { get; init; }

    public required int Revision { get; init; }

    /// <summary>How it stood when it was read.</summary>
    public required KeyState State { get; init; }

    /// <summary>How many devices came with it last.</summary>
    public required long DeviceCount { get; init; }

    /// <summary>Those of them that came most lately.</summary>
    public required IReadOnlyList<KeyDevice> Devices { get; init; }

    /// <summary>Whether somebody goes on with it although another one takes its place.</summary>
    public bool UsedSinceRotation => RotatedAt is { } rotated && LastUsedAt > rotated;
}

using System.Diagnostics.CodeAnalysis;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Keys;

/// <summary>A key, without its text. When and from where it was used is written behind and lags by up to half a minute.</summary>
internal record KeyAnswer
{
    [SetsRequiredMembers]
    public KeyAnswer(ListedKey key)
    {
        WorkspaceId = key.WorkspaceId;
        KeyId = key.KeyId;
        Name = key.Name;
        Prefix = key.Prefix;
        UserId = key.UserId;
        UserName = key.UserName;
        Service = key.IsService;
        Role = UserRoles.NameOf(key.Role);
        Scopes = KeyScopeNames.Of(key.Scopes);
        DeviceId = key.DeviceId;
        State = KeyStateNames.Of(key.State);
        CompleteBy = CompletenessNames.Of(key.CompleteBy);
        CreatedAt = key.CreatedAt;
        ExpiresAt = key.ExpiresAt;
        RevokedAt = key.RevokedAt;
        RotatedTo = key.RotatedTo;
        RotatedAt = key.RotatedAt;
        UsedSinceRotation = key.UsedSinceRotation;
        LastUsedAt = key.LastUsedAt;
        LastPolledAt = key.LastPolledAt;
        DeviceCount = key.DeviceCount;
        Devices = [.. key.Devices.Select(device => new KeyDeviceAnswer(device.DeviceId, device.LastContactAt))];
    }

    /// <summary>The workspace it opens.</summary>
    public required string WorkspaceId { get; init; }

    /// <summary>Names the key.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>What people call it, where they do.</summary>
    public required string? Name { get; init; }

    /// <summary>How it begins, which is all that is kept of its text; of a key that was imported by its hash how the hash begins.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whose it is.</summary>
    public required Guid UserId { get; init; }

    /// <summary>What people call them.</summary>
    public required string UserName { get; init; }

    /// <summary>Whether it belongs to no person.</summary>
    public required bool Service { get; init; }

    /// <summary>What its owner is: a key can do no more than that allows.</summary>
    public required string Role { get; init; }

    /// <summary>What it is for.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The one device whose envelopes it may bring; null is any.</summary>
    public required string? DeviceId { get; init; }

    /// <summary><c>active</c>; <c>rotating</c>: another one takes its place, and it works until <c>expires_at</c>; <c>expired</c>; <c>revoked</c>.</summary>
    public required string State { get; init; }

    /// <summary>What the silence of its envelopes means: <c>auto</c>, <c>day</c> or <c>row</c>.</summary>
    public required string CompleteBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The key that takes its place.</summary>
    public required Guid? RotatedTo { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Whether somebody goes on with it although another one takes its place.</summary>
    public required bool UsedSinceRotation { get; init; }

    /// <summary>When anything was last asked with it.</summary>
    public required DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When prices were last asked for with it, which idle daemons do every hour.</summary>
    public required DateTimeOffset? LastPolledAt { get; init; }

    /// <summary>How many devices came with it when they last came.</summary>
    public required long DeviceCount { get; init; }

    /// <summary>Those devices, the latest first, at most 100 of them.</summary>
    public required IReadOnlyList<KeyDeviceAnswer> Devices { get; init; }
}

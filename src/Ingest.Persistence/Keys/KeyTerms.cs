using Ingest.Domain.Identity;

namespace Ingest.Persistence.Keys;

/// <summary>What a key is to be.</summary>
/// <param name="Scopes">What it is for.</param>
public sealed record KeyTerms(KeyScopes Scopes)
{
    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>The one device whose envelopes it may bring.</summary>
    public string? DeviceId { get; init; }

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the silence of its envelopes means.</summary>
    public Completeness CompleteBy { get; init; }
}

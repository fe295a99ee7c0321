using Ingest.Domain.Identity;

namespace Ingest.Persistence.Keys;

/// <summary>What is to change of a key; what is null stays as it is.</summary>
public sealed record KeyEdit
{
    public string? Name { get; init; }

    /// <summary>Whether <see cref="ExpiresAt"/> is meant, be it null, by which the key does not end by itself any more.</summary>
    public bool ChangesExpiry { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public Completeness? CompleteBy { get; init; }
}

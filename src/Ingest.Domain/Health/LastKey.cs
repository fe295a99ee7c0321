namespace Ingest.Domain.Health;

/// <summary>The key that a device used last: its daemon stops at the first 401, and so says nothing of a key that has ended since (C§3.3).</summary>
/// <param name="Prefix">What people may see of it.</param>
/// <param name="RevokedAt">When it was revoked.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
public sealed record LastKey(string Prefix, DateTimeOffset? RevokedAt, DateTimeOffset? ExpiresAt)
{
    public bool HasEnded(DateTimeOffset now) => EndedAt(now) is not null;

    /// <returns>Null while it opens.</returns>
    public DateTimeOffset? EndedAt(DateTimeOffset now)
    {
        if (!(ExpiresAt <= now)) return RevokedAt;
        return RevokedAt < ExpiresAt ? RevokedAt : ExpiresAt;
    }
}

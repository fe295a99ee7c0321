namespace Ingest.Persistence.Identity;

/// <summary>A key that is revoked now. <paramref name="AlreadyRevoked"/>: it was before, at <paramref name="RevokedAt"/>, and nothing changed.</summary>
public sealed record RevokedKey(
    string WorkspaceId, Guid KeyId, string Prefix, string UserName, DateTimeOffset RevokedAt, bool AlreadyRevoked);

using Ingest.Domain.Identity;

namespace Ingest.Persistence.Invites;

/// <summary>An invite as people may see it: without its token.</summary>
public sealed record ListedInvite(
    string WorkspaceId,
    Guid InviteId,
    InviteState State,
    UserRole Role,
    string? Note,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    int MostUses,
    int Uses,
    DateTimeOffset? RevokedAt);

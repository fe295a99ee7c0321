using Ingest.Domain.Identity;

namespace Ingest.Persistence.Enrolments;

/// <summary>An enrolment as people may see it: without its code.</summary>
public sealed record ListedEnrolment(
    string WorkspaceId,
    Guid EnrolmentId,
    EnrolmentState State,
    Guid UserId,
    string UserName,
    string? DeviceId,
    string? Label,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RedeemedAt,
    Guid? KeyId,
    DateTimeOffset? RevokedAt);

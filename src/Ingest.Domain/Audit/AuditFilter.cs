namespace Ingest.Domain.Audit;

/// <summary>Which entries are wanted; what is null is no condition.</summary>
/// <param name="Action">What was done.</param>
/// <param name="SubjectKind">To what kind of thing.</param>
/// <param name="UserId">By whom.</param>
/// <param name="DeviceId">To this device.</param>
/// <param name="From">At this time or later.</param>
/// <param name="To">Before this time.</param>
public sealed record AuditFilter(string? Action = null, string? SubjectKind = null, Guid? UserId = null, string? DeviceId = null, DateTimeOffset? From = null, DateTimeOffset? To = null);

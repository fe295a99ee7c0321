namespace Ingest.Domain.Audit;

/// <summary>Where a list of entries goes on: after this one.</summary>
public readonly record struct AuditPlace(DateTimeOffset At, Guid EntryId);

namespace Ingest.Domain.Reconciliation;

/// <summary>Where a change stands in the order of the change ledger, newest first.</summary>
public readonly record struct ChangePosition(DateTimeOffset ChangedAt, Guid VersionId);

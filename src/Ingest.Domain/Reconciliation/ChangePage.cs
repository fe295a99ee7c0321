namespace Ingest.Domain.Reconciliation;

/// <summary>Changes of one device, newest first.</summary>
public sealed record ChangePage(IReadOnlyList<RecordedChange> Changes, bool HasMore);

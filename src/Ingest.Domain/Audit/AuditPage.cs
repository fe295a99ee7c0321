namespace Ingest.Domain.Audit;

/// <summary>Some entries, the newest first, and whether older ones follow.</summary>
public sealed record AuditPage(IReadOnlyList<RecordedEntry> Entries, bool HasMore);

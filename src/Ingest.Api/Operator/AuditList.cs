namespace Ingest.Api.Operator;

/// <summary>The answer of <c>audit list</c>, the newest first.</summary>
internal sealed record AuditList(IReadOnlyList<HomedAuditEntry> Entries);

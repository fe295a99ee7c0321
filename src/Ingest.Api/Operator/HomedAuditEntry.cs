using Ingest.Api.Audit;

namespace Ingest.Api.Operator;

/// <summary>What was done, and in which workspace.</summary>
internal sealed record HomedAuditEntry(string WorkspaceId, AuditEntryAnswer Entry);

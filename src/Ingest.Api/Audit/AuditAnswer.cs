namespace Ingest.Api.Audit;

/// <summary>What was done, the newest first.</summary>
/// <param name="Entries">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record AuditAnswer(IReadOnlyList<AuditEntryAnswer> Entries, string? NextCursor);

namespace Ingest.Api.Reconciliation;

/// <summary>Changes of closed days of one device.</summary>
/// <param name="Changes">Newest first.</param>
/// <param name="NextCursor">Leads to the next page, with the same other parameters; null on the last one.</param>
internal sealed record ChangesAnswer(IReadOnlyList<ChangeAnswer> Changes, string? NextCursor);

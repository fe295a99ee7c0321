namespace Ingest.Domain.Quarantine;

/// <summary>Some of the rows that match, and how many match in all.</summary>
public sealed record QuarantinePage(IReadOnlyList<QuarantinedRow> Rows, long Total);

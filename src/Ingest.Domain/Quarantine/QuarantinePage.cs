namespace Ingest.Domain.Quarantine;

/// <summary>Some of the rows that match, how many match in all, and whether there are more behind these.</summary>
public sealed record QuarantinePage(IReadOnlyList<QuarantinedRow> Rows, long Total, bool HasMore);

namespace Ingest.Api.Quarantine;

/// <summary>Rows that were put aside, by device.</summary>
/// <param name="Rows">At most as many as <c>limit</c> says.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record QuarantineAnswer(IReadOnlyList<QuarantinedRowAnswer> Rows, long Total, string? NextCursor);

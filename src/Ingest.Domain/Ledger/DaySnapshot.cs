using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>All usable rows of one device-day in one envelope, in key order: a stock chunk holds every local row of each day it names (C§5.0).</summary>
public sealed class DaySnapshot(DateOnly day, ReadOnlyMemory<DailyRollup> rows)
{
    private UInt128? _textsHash;

    public DateOnly Day { get; } = day;

    public ReadOnlyMemory<DailyRollup> Rows { get; } = rows;

    public DayDigest Digest { get; } = DayDigest.Of(day, rows.Span);

    /// <summary>Of the day and the texts of its rows: where it is the same, only numbers differ.</summary>
    public UInt128 TextsHash => _textsHash ??= DayDigest.HashTexts(Day, Rows.Span);

    public DayTotals Totals => DayTotals.Of(Rows.Span);
}

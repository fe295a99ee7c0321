using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Npgsql;

namespace Ingest.Persistence.Reconciliation;

/// <summary>Columns of the ledger that several readers select, each list beside what reads it.</summary>
internal static class LedgerColumns
{
    public const string Totals =
        "d.rollup_rows, d.message_count, d.input_tokens, d.output_tokens, d.cache_creation_tokens, d.cache_read_tokens, d.cost_ingested, d.cost_effective";

    public const string Marks = "d.flips, d.flipped_at, d.changed_after_close_at, d.shrunk_at, d.gone_at, d.expired_at, d.restored_at";

    /// <param name="row">At a row that selects eight sums in the order of <see cref="Totals"/>.</param>
    /// <param name="first">Where they begin.</param>
    public static DayTotals TotalsAt(NpgsqlDataReader row, int first) => new(
        row.GetInt32(first),
        row.GetInt64(first + 1),
        row.GetInt64(first + 2),
        row.GetInt64(first + 3),
        row.GetInt64(first + 4),
        row.GetInt64(first + 5),
        row.GetInt64(first + 6),
        row.GetInt64(first + 7));

    /// <param name="row">At a row that selects <see cref="Marks"/>.</param>
    /// <param name="first">Where they begin.</param>
    public static DayMarks MarksAt(NpgsqlDataReader row, int first) => new()
    {
        Flips = row.GetInt32(first),
        FlippedAt = InstantOrNullAt(row, first + 1),
        ChangedAfterCloseAt = InstantOrNullAt(row, first + 2),
        ShrunkAt = InstantOrNullAt(row, first + 3),
        GoneAt = InstantOrNullAt(row, first + 4),
        ExpiredAt = InstantOrNullAt(row, first + 5),
        RestoredAt = InstantOrNullAt(row, first + 6),
    };

    public static DateTimeOffset InstantAt(NpgsqlDataReader row, int column) => new(row.GetDateTime(column), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNullAt(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : InstantAt(row, column);
}

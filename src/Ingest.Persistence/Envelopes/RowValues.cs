using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>Values of a row that may be null, and those that stand in two columns.</summary>
internal static class RowValues
{
    public static string? TextAt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static Guid? UuidAt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    public static double? MeasureAt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    public static DateOnly? DayAt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    public static DateTimeOffset? InstantAt(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);

    public static TimeSpan? MillisecondsAt(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : TimeSpan.FromMilliseconds(row.GetInt64(column));

    /// <param name="epoch">The column of the clock epoch; the one behind it is the stamp.</param>
    public static EnvelopeOrder OrderAt(this NpgsqlDataReader row, int epoch) => new(row.GetInt32(epoch), row.InstantAt(epoch + 1)!.Value);

    /// <param name="first">The column of the rows; the sums are those behind it, in the order of the ledger.</param>
    public static DayTotals TotalsAt(this NpgsqlDataReader row, int first) => new(
        row.GetInt32(first),
        row.GetInt64(first + 1),
        row.GetInt64(first + 2),
        row.GetInt64(first + 3),
        row.GetInt64(first + 4),
        row.GetInt64(first + 5),
        row.GetInt64(first + 6),
        row.GetInt64(first + 7));

    /// <param name="first">The column of the role; the others are those behind it, in the order of the table.</param>
    public static DailyRollup RollupAt(this NpgsqlDataReader row, DateOnly day, int first) => new()
    {
        Key = new RollupKey(
            day, row.GetString(first), row.GetString(first + 1), row.GetString(first + 2), row.GetString(first + 3), row.GetString(first + 4), row.GetString(first + 5)),
        Ticket = row.TextAt(first + 6),
        TicketSource = row.TextAt(first + 7),
        MessageCount = row.GetInt64(first + 8),
        InputTokens = row.GetInt64(first + 9),
        OutputTokens = row.GetInt64(first + 10),
        CacheCreationTokens = row.GetInt64(first + 11),
        CacheReadTokens = row.GetInt64(first + 12),
        CostIngested = row.GetInt64(first + 13),
        CostEffective = row.GetInt64(first + 14),
    };
}

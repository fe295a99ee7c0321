using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>Values of a row that may be null, and those that stand in two columns.</summary>
internal static class RowValues
{
    public static string? TextAt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static double? MeasureAt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    public static DateOnly? DayAt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    public static DateTimeOffset? InstantAt(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);

    public static TimeSpan? MillisecondsAt(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : TimeSpan.FromMilliseconds(row.GetInt64(column));

    /// <param name="epoch">The column of the clock epoch; the one behind it is the stamp.</param>
    public static EnvelopeOrder OrderAt(this NpgsqlDataReader row, int epoch) => new(row.GetInt32(epoch), row.InstantAt(epoch + 1)!.Value);
}

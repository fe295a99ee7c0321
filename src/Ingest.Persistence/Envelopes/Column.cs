using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>One column of a bulk statement: its name, its SQL type and where its values come from.</summary>
internal abstract class Column<TRow>(string name, string sqlType)
{
    public string Name { get; } = name;

    public string SqlType { get; } = sqlType;

    /// <summary>All values of the column as one array parameter.</summary>
    public abstract NpgsqlParameter Bind(IReadOnlyList<TRow> rows);
}

/// <summary>SQL from column lists: names, types and parameters are written in one order, once.</summary>
internal static class Column
{
    public static ValueColumn<TRow, string?> Text<TRow>(string name, Func<TRow, string?> valueOf) => new(name, "text", valueOf);

    public static ValueColumn<TRow, long> Number<TRow>(string name, Func<TRow, long> valueOf) => new(name, "bigint", valueOf);

    public static ValueColumn<TRow, double?> Measure<TRow>(string name, Func<TRow, double?> valueOf) => new(name, "double precision", valueOf);

    public static ValueColumn<TRow, DateTime> Instant<TRow>(string name, Func<TRow, DateTimeOffset> valueOf) =>
        new(name, "timestamptz", row => valueOf(row).UtcDateTime);

    public static ValueColumn<TRow, DateTime?> InstantOrNull<TRow>(string name, Func<TRow, DateTimeOffset?> valueOf) =>
        new(name, "timestamptz", row => valueOf(row)?.UtcDateTime);

    public static string Names<TRow>(IEnumerable<Column<TRow>> columns) => string.Join(", ", columns.Select(column => column.Name));

    /// <summary>The rows of the parameters as a table: <c>unnest($1::text[], …) AS alias (name, …)</c>.</summary>
    public static string Unnest<TRow>(IReadOnlyCollection<Column<TRow>> columns, string alias) =>
        $"unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.SqlType}[]"))}) AS {alias} ({Names(columns)})";

    public static NpgsqlBatchCommand Command<TRow>(string sql, IEnumerable<Column<TRow>> columns, IReadOnlyList<TRow> rows)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns) command.Parameters.Add(column.Bind(rows));
        return command;
    }
}

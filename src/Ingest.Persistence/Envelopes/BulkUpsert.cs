using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// One statement that upserts many rows of one table. The column list builds the SQL and binds the parameters, so the two cannot
/// drift apart. A row that stands there with the same values is left alone: no new tuple, no WAL for it.
/// </summary>
internal sealed class BulkUpsert<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly string _sql;

    /// <param name="counter">The column of <c>devices</c> that counts the table's rows, or null where nothing counts them.</param>
    /// <param name="silent">Columns that follow the others but are no reason to write: who wrote the row and when.</param>
    public BulkUpsert(string table, Column<TRow>[] key, Column<TRow>[] values, Column<TRow>[]? silent = null, string? counter = null)
    {
        silent ??= [];
        _columns = [.. key, .. values, .. silent];
        var updates = string.Join(", ", values.Concat(silent).Select(column => $"{column.Name} = EXCLUDED.{column.Name}"));
        var stored = string.Join(", ", values.Select(column => $"t.{column.Name}"));
        var sent = string.Join(", ", values.Select(column => $"EXCLUDED.{column.Name}"));
        var upsert = $"""
            INSERT INTO {table} AS t ({Column.Names(_columns)})
            SELECT * FROM {Column.Unnest(_columns, "r")}
            ON CONFLICT ({Column.Names(key)}) DO UPDATE SET {updates}
            WHERE ({stored}) IS DISTINCT FROM ({sent})
            """;

        // A row that this statement inserted has no deleting transaction; one that it updated carries its own lock there.
        _sql = counter is null
            ? upsert
            : $"""
            WITH written AS ({upsert} RETURNING t.workspace_id, t.device_id, t.xmax = 0 AS is_new)
            UPDATE devices AS d SET {counter} = d.{counter} + n.new_rows
            FROM (SELECT workspace_id, device_id, count(*) AS new_rows FROM written WHERE is_new GROUP BY workspace_id, device_id) AS n
            WHERE d.workspace_id = n.workspace_id AND d.device_id = n.device_id
            """;
    }

    public NpgsqlBatchCommand CommandFor(IReadOnlyList<TRow> rows) => Column.Command(_sql, _columns, rows);
}

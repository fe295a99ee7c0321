using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// Writes many rows of one table at once. The column list builds the SQL and binds the parameters, so the two cannot drift apart.
/// A row that is known to stand there is updated; of any other the key decides, and one that stands there with the same values is
/// left alone: no new tuple, no WAL for it.
/// </summary>
internal sealed class BulkUpsert<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly Func<TRow, bool>? _standsThere;
    private readonly string _upsert;
    private readonly string _update;

    /// <param name="silent">Columns that follow the others but are no reason to write: who wrote the row and when.</param>
    /// <param name="standsThere">Whether the row is known to: to ask the index first, to lock the row, and to log the lock costs three times as much as to update it.</param>
    public BulkUpsert(string table, Column<TRow>[] key, Column<TRow>[] values, Column<TRow>[]? silent = null, Func<TRow, bool>? standsThere = null)
    {
        silent ??= [];
        _columns = [.. key, .. values, .. silent];
        _standsThere = standsThere;
        var updates = string.Join(", ", values.Concat(silent).Select(column => $"{column.Name} = EXCLUDED.{column.Name}"));
        var stored = string.Join(", ", values.Select(column => $"t.{column.Name}"));
        var sent = string.Join(", ", values.Select(column => $"EXCLUDED.{column.Name}"));
        _upsert = $"""
            INSERT INTO {table} AS t ({Column.Names(_columns)})
            SELECT * FROM {Column.Unnest(_columns, "r")}
            ON CONFLICT ({Column.Names(key)}) DO UPDATE SET {updates}
            WHERE ({stored}) IS DISTINCT FROM ({sent})
            """;
        _update = $"""
            UPDATE {table} AS t SET {string.Join(", ", values.Concat(silent).Select(column => $"{column.Name} = r.{column.Name}"))}
            FROM {Column.Unnest(_columns, "r")}
            WHERE {string.Join(" AND ", key.Select(column => $"t.{column.Name} = r.{column.Name}"))}
            """;
    }

    public NpgsqlBatchCommand CommandFor(IReadOnlyList<TRow> rows) => Column.Command(_upsert, _columns, rows);

    public void AddTo(WriteBatch batch, IReadOnlyList<TRow> rows)
    {
        var (standing, others) = (new List<TRow>(rows.Count), new List<TRow>());
        foreach (var row in rows) (_standsThere?.Invoke(row) == true ? standing : others).Add(row);
        if (standing.Count > 0) batch.Add(Column.Command(_update, _columns, standing), standing.Count);
        if (others.Count > 0) batch.Add(CommandFor(others));
    }
}

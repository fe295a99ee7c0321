using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// Writes many rows of one table at once. The column list builds the SQL and binds the parameters, so the two cannot drift apart.
/// A row whose place is known is updated there, without a look into the index; of any other the key decides, and one that stands there
/// with the same values is left alone: no new tuple, no WAL for it.
/// </summary>
internal sealed class BulkUpsert<TRow>
{
    private readonly Column<TRow>[] _columns;
    private readonly Column<TRow>[] _placedColumns = [];
    private readonly Func<TRow, ulong>? _placeOf;
    private readonly string _upsert;
    private readonly string _update = "";

    /// <param name="silent">Columns that follow the others but are no reason to write: who wrote the row and when.</param>
    /// <param name="placeOf">Where the row stands that is to be updated, 0 where none is known to.</param>
    public BulkUpsert(string table, Column<TRow>[] key, Column<TRow>[] values, Column<TRow>[]? silent = null, Func<TRow, ulong>? placeOf = null)
    {
        silent ??= [];
        _columns = [.. key, .. values, .. silent];
        var updates = string.Join(", ", values.Concat(silent).Select(column => $"{column.Name} = EXCLUDED.{column.Name}"));
        var stored = string.Join(", ", values.Select(column => $"t.{column.Name}"));
        var sent = string.Join(", ", values.Select(column => $"EXCLUDED.{column.Name}"));
        _upsert = $"""
            INSERT INTO {table} AS t ({Column.Names(_columns)})
            SELECT * FROM {Column.Unnest(_columns, "r")}
            ON CONFLICT ({Column.Names(key)}) DO UPDATE SET {updates}
            WHERE ({stored}) IS DISTINCT FROM ({sent})
            """;
        if (placeOf is null) return;

        _placeOf = placeOf;
        Column<TRow>[] changing = [.. values, .. silent];
        _placedColumns = [new ValueColumn<TRow, string>("place", "text", row => RowValues.ToTid(placeOf(row))), .. changing];
        _update = $"""
            UPDATE {table} AS t SET {string.Join(", ", changing.Select(column => $"{column.Name} = r.{column.Name}"))}
            FROM {Column.Unnest(_placedColumns, "r")}
            WHERE t.ctid = r.place::tid
            """;
    }

    public NpgsqlBatchCommand CommandFor(IReadOnlyList<TRow> rows) => Column.Command(_upsert, _columns, rows);

    public void AddTo(WriteBatch batch, IReadOnlyList<TRow> rows)
    {
        if (rows.Count == 0) return;
        if (_placeOf is null)
        {
            batch.Add(CommandFor(rows));
            return;
        }

        var placed = new List<TRow>(rows.Count);
        var others = new List<TRow>();
        foreach (var row in rows) (_placeOf(row) != 0 ? placed : others).Add(row);
        if (placed.Count > 0) batch.Add(Column.Command(_update, _placedColumns, placed), placed.Count);
        if (others.Count > 0) batch.Add(CommandFor(others));
    }
}

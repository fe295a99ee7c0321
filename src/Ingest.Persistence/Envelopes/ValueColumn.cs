using Npgsql;

namespace Ingest.Persistence.Envelopes;

internal sealed class ValueColumn<TRow, TValue>(string name, string sqlType, Func<TRow, TValue> valueOf) : Column<TRow>(name, sqlType)
{
    public override NpgsqlParameter Bind(IReadOnlyList<TRow> rows)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = valueOf(rows[i]);

        // Said, not inferred: of an array that begins with null Npgsql would guess the type, and for timestamps guess wrong.
        return new NpgsqlParameter<TValue[]> { TypedValue = values, DataTypeName = SqlType + "[]" };
    }
}

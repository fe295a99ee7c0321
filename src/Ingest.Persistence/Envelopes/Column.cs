using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>One column of a bulk write: its name, its SQL type and where its values come from.</summary>
internal abstract class Column<TRow>(string name, string sqlType)
{
    public string Name { get; } = name;

    public string SqlType { get; } = sqlType;

    /// <summary>All values of the column as one array parameter.</summary>
    public abstract NpgsqlParameter Bind(IReadOnlyList<TRow> rows);
}

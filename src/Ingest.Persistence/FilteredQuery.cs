using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence;

/// <summary>A statement whose conditions hang on what is asked for. What is not asked for is no condition of it, so that an index can serve the rest.</summary>
/// <param name="select">Up to its first condition.</param>
internal sealed class FilteredQuery(string select)
{
    private readonly StringBuilder _text = new(select);
    private readonly List<NpgsqlParameter> _parameters = [];

    public string Text => _text.ToString();

    /// <summary>In the order of their numbers.</summary>
    public NpgsqlParameter[] Parameters => [.. _parameters];

    /// <param name="condition">With <c>{0}</c> where the value stands.</param>
    /// <param name="value">Null: there is no such condition.</param>
    /// <param name="type">Of the value.</param>
    public void Where(string condition, object? value, NpgsqlDbType type)
    {
        if (value is not null) _text.Append(" AND ").AppendFormat(null, condition, Value(value, type));
    }

    /// <summary>Compares a column with the values that are asked for, if any are.</summary>
    /// <param name="column">Of texts.</param>
    /// <param name="values">One of which it has to be.</param>
    /// <param name="none">What null goes by.</param>
    public void WhereAny(string column, IReadOnlySet<string> values, string? none = null)
    {
        if (values.Count == 0) return;
        var condition = values.Count == 1 ? $"{column} = {Value(values.Single(), NpgsqlDbType.Text)}" : $"{column} = ANY ({Value(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";
        _text.Append(none is not null && values.Contains(none) ? $" AND ({condition} OR {column} IS NULL)" : $" AND {condition}");
    }

    /// <summary>Whatever else belongs to the statement.</summary>
    public void Append(string sql) => _text.Append(sql);

    /// <returns>The number by which the statement names the value.</returns>
    public string Value(object value, NpgsqlDbType type)
    {
        _parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
        return $"${_parameters.Count}";
    }
}

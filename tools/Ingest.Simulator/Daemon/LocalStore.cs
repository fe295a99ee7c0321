namespace Ingest.Simulator.Daemon;

/// <summary>The device's own database: the truth that the server is compared with (C§4).</summary>
internal sealed class LocalStore
{
    private readonly SortedDictionary<string, SortedDictionary<RowKey, Rollup>> _days = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, LocalSession> _sessions = new(StringComparer.Ordinal);

    public IEnumerable<string> Days => _days.Keys;

    public IReadOnlyCollection<LocalSession> Sessions => _sessions.Values;

    public int RowCount => _days.Values.Sum(rows => rows.Count);

    public IEnumerable<LocalRow> Rows => _days.SelectMany(day => day.Value.Select(row => new LocalRow(day.Key, row.Key, row.Value)));

    public IReadOnlyDictionary<RowKey, Rollup>? Day(string day) => _days.GetValueOrDefault(day);

    /// <summary>Adds usage to a row, as the triggers on messages do.</summary>
    public void Add(string day, RowKey key, Rollup usage)
    {
        if (!_days.TryGetValue(day, out var rows)) _days[day] = rows = new SortedDictionary<RowKey, Rollup>(RowKey.Order);
        rows[key] = rows.TryGetValue(key, out var before) ? before.Plus(usage) : usage;
    }

    public void Put(string day, RowKey key, Rollup row) => _days[day][key] = row;

    public void Remove(string day, RowKey key)
    {
        var rows = _days[day];
        rows.Remove(key);
        if (rows.Count == 0) _days.Remove(day);
    }

    public void Move(string day, RowKey from, RowKey to)
    {
        var row = _days[day][from];
        Remove(day, from);
        Add(day, to, row);
    }

    /// <summary>Takes all rows out, as the beginning of a forced import does.</summary>
    public List<LocalRow> Clear()
    {
        List<LocalRow> rows = [.. Rows];
        _days.Clear();
        return rows;
    }

    public void Touch(LocalSession session) => _sessions[session.SessionId] = session;
}

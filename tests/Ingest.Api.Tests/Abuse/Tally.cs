namespace Ingest.Api.Tests.Abuse;

/// <summary>Counts what was answered, from several threads.</summary>
internal sealed class Tally
{
    private readonly Lock _counting = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Count(RawAnswer answer) => Count(answer.IsBare ? $"{answer.Status} bare" : answer.Code is { } code ? $"{answer.Status} {code}" : $"{answer.Status}");

    public void Count(string what)
    {
        lock (_counting) _counts[what] = _counts.GetValueOrDefault(what) + 1;
    }

    /// <summary>How many begin like this.</summary>
    public int this[string prefix]
    {
        get
        {
            lock (_counting) return _counts.Where(count => count.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(count => count.Value);
        }
    }

    /// <summary>By status, for the table; 5xx are always named, since there must be none but 503.</summary>
    public string Summary
    {
        get
        {
            lock (_counting)
            {
                var statuses = _counts.GroupBy(count => count.Key[..3]).Select(group => $"{group.Sum(count => count.Value)} × {group.Key}");
                return string.Join(", ", statuses);
            }
        }
    }

    public override string ToString()
    {
        lock (_counting) return string.Join(", ", _counts.Select(count => $"{count.Key}: {count.Value}"));
    }
}

using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>The groups that are shown, and the others as one line, or one for each day.</summary>
/// <param name="Shown">By day, and the largest first.</param>
/// <param name="Rest">What is not shown, added up: nothing where all is shown.</param>
public sealed record UsageRanking(IReadOnlyList<UsageGroup> Shown, IReadOnlyList<UsageRest> Rest)
{
    /// <param name="question">What was asked.</param>
    /// <param name="groups">All of them.</param>
    /// <param name="measure">By what they are ranked.</param>
    /// <param name="top">How many are shown, the days of each counted as one. Days alone are all shown.</param>
    public static UsageRanking Of(UsageQuestion question, IReadOnlyList<UsageGroup> groups, UsageMeasure measure, int top)
    {
        var day = question.DayPlace;
        if (day >= 0 && question.By.Count == 1) return new UsageRanking([.. groups.OrderBy(group => group.Values[0], StringComparer.Ordinal)], []);

        if (day < 0) return Of(groups, measure, top);

        // Ranked over all days, so that who is shown on one day is shown on each.
        var ranked = groups.GroupBy(group => Without(group.Values, day), ValuesComparer.Instance)
            .Select(lines => (Values: lines.Key, Lines: lines.ToList(), Size: lines.Aggregate(Int128.Zero, (sum, line) => sum + Of(line.Sums, measure))))
            .OrderByDescending(value => value.Size)
            .ThenBy(value => value.Values, ValuesComparer.Instance)
            .ToList();
        var shown = ranked.Take(top).SelectMany(value => value.Lines).OrderBy(line => line.Values[day], StringComparer.Ordinal);
        var rest = ranked.Skip(top).SelectMany(value => value.Lines)
            .GroupBy(line => line.Values[day], StringComparer.Ordinal)
            .OrderBy(lines => lines.Key, StringComparer.Ordinal)
            .Select(lines => RestOf(lines.Key, [.. lines]));
        return new UsageRanking([.. shown], [.. rest]);
    }

    public static Int128 Of(DayTotals sums, UsageMeasure measure) => measure switch
    {
        UsageMeasure.CostEffective => sums.CostEffective,
        UsageMeasure.CostIngested => sums.CostIngested,
        UsageMeasure.Messages => sums.MessageCount,
        _ => sums.Units - sums.MessageCount,
    };

    private static UsageRanking Of(IReadOnlyList<UsageGroup> groups, UsageMeasure measure, int top)
    {
        UsageGroup[] shown =
        [
            .. groups.OrderByDescending(group => Of(group.Sums, measure)).ThenBy(group => group.Values, ValuesComparer.Instance).Take(top),
        ];
        if (shown.Length == groups.Count) return new UsageRanking(shown, []);
        var told = shown.ToHashSet<UsageGroup>(ReferenceEqualityComparer.Instance);
        return new UsageRanking(shown, [RestOf(null, [.. groups.Where(group => !told.Contains(group))])]);
    }

    private static UsageRest RestOf(string? day, IReadOnlyCollection<UsageGroup> groups) =>
        new(day, groups.Count, DayTotals.Sum(groups.Select(group => group.Sums)), DayTotals.Sum(groups.Select(group => group.Previous)));

    private static string?[] Without(IReadOnlyList<string?> values, int day) => [.. values.Where((_, at) => at != day)];

    private sealed class ValuesComparer : IEqualityComparer<string?[]>, IComparer<IReadOnlyList<string?>>
    {
        public static readonly ValuesComparer Instance = new();

        public bool Equals(string?[]? x, string?[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(string?[] values)
        {
            var hash = default(HashCode);
            foreach (var value in values) hash.Add(value, StringComparer.Ordinal);
            return hash.ToHashCode();
        }

        public int Compare(IReadOnlyList<string?>? x, IReadOnlyList<string?>? y)
        {
            for (var at = 0; at < x!.Count; at++)
            {
                if (string.CompareOrdinal(x[at], y![at]) is not 0 and var order) return order;
            }

            return 0;
        }
    }
}

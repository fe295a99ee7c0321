using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Usage;

/// <summary>Which usage is added up, and how it is told apart.</summary>
public sealed record UsageQuestion
{
    private static readonly IReadOnlySet<string> Any = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Which days.</summary>
    public required DayRange Range { get; init; }

    /// <summary>At most <see cref="UsageLimits.Dimensions"/>; none is one group of everything.</summary>
    public IReadOnlyList<UsageDimension> By { get; init; } = [];

    /// <summary>Of each dimension the values that count, any where there are none: devices and members by id, and "" for no ticket. Days are the range's.</summary>
    public IReadOnlyDictionary<UsageDimension, IReadOnlySet<string>> Filters { get; init; } = new Dictionary<UsageDimension, IReadOnlySet<string>>();

    /// <summary>Whether the as many days before are added up, too.</summary>
    public bool ComparesPrevious { get; init; }

    /// <summary>Where days are among the dimensions; -1 where they are not.</summary>
    public int DayPlace => By.Index().Where(one => one.Item == UsageDimension.Day).Select(one => one.Index).FirstOrDefault(-1);

    public int Days => Range.To.DayNumber - Range.From.DayNumber;

    /// <summary>The as many days before the range, and fewer at the beginning of time.</summary>
    public DayRange Previous => new(DateOnly.FromDayNumber(Math.Max(0, Range.From.DayNumber - Days)), Range.From);

    /// <summary>All days that have to be read.</summary>
    public DayRange Span => ComparesPrevious ? new DayRange(Previous.From, Range.To) : Range;

    public IReadOnlySet<string> Of(UsageDimension dimension) => Filters.TryGetValue(dimension, out var values) ? values : Any;
}

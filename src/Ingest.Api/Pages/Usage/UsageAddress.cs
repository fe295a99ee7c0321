using System.Globalization;
using Ingest.Api.Queries;
using Ingest.Api.Usage;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;
using Microsoft.AspNetCore.Http.Extensions;

namespace Ingest.Api.Pages.Usage;

/// <summary>What the page of usage is asked, and the addresses at which it is asked nearly the same. Its parameters are those of <c>GET /v1/usage</c>.</summary>
/// <param name="Question">What is added up, always beside the period before.</param>
/// <param name="Measure">What bars are high by, and groups ranked.</param>
/// <param name="Top">How many groups are shown.</param>
/// <param name="Today">By the server.</param>
public sealed record UsageAddress(UsageQuestion Question, UsageMeasure Measure, int Top, DateOnly Today)
{
    public const string Path = "/usage";
    public const string CsvPath = Path + ".csv";
    public const string SessionsPath = Path + "/sessions";

    /// <summary>As many as a person looks through.</summary>
    public const int DefaultTop = 20;

    private const UsageDimension DefaultBy = UsageDimension.Model;

    /// <summary>Where somebody looks next, who has chosen all that stands before.</summary>
    private static readonly UsageDimension[] Next =
    [
        UsageDimension.Model, UsageDimension.Repo, UsageDimension.Branch, UsageDimension.Ticket, UsageDimension.Provider, UsageDimension.Surface, UsageDimension.Role,
        UsageDimension.Device, UsageDimension.Day,
    ];

    /// <summary>The one dimension beside days that bars are stacked by; null is none.</summary>
    public UsageDimension? Stack => Question.By.Where(dimension => dimension != UsageDimension.Day).Cast<UsageDimension?>().FirstOrDefault();

    /// <summary>Ranges that are one click away.</summary>
    public IEnumerable<(string Name, DayRange Range)> QuickRanges
    {
        get
        {
            var month = new DateOnly(Today.Year, Today.Month, 1);
            return [("7 days", Last(7)), ("30 days", Last(30)), ("90 days", Last(90)), ("This month", new DayRange(month, Today.AddDays(1))), ("Last month", new DayRange(month.AddMonths(-1), month))];
        }
    }

    public string Csv => CsvPath + Written(Fields());

    /// <summary>Sessions of the same range and filters; of roles they know nothing.</summary>
    public string Sessions => SessionsPath + Written(Range(isAlways: true).Concat(Filters().Where(filter => filter.Name != UsageNames.Of(UsageDimension.Role))));

    internal UsageQuery Query => new(Question, Measure, Top);

    /// <summary>Where something is wrong the query says so, and what is returned does not matter.</summary>
    internal static UsageAddress Read(QueryReader query, IQueryCollection parameters, DateTimeOffset now)
    {
        var asked = UsageQuery.Read(query, now);
        return new UsageAddress(
            asked.Question with { By = IsGiven("by") ? asked.Question.By : [DefaultBy], ComparesPrevious = true }, asked.Measure, IsGiven("top") ? asked.Top : DefaultTop, Day.Of(now));

        bool IsGiven(string name) => !string.IsNullOrEmpty(parameters[name]);
    }

    public override string ToString() => Path + Written(Fields());

    public UsageAddress Over(DayRange range) => this with { Question = Question with { Range = range } };

    public UsageAddress ToldApartBy(params IReadOnlyList<UsageDimension> by) => this with { Question = Question with { By = by }, Top = DefaultTop };

    public UsageAddress RankedBy(UsageMeasure measure) => this with { Measure = measure };

    public UsageAddress Showing(int top) => this with { Top = top };

    /// <summary>Of this value alone, told apart by what is worth looking at then.</summary>
    public UsageAddress Into(UsageDimension dimension, string? value)
    {
        UsageDimension[] others = [.. Question.By.Where(one => one != dimension)];
        if (dimension == UsageDimension.Day)
        {
            var day = DateOnly.ParseExact(value!, Day.Format, CultureInfo.InvariantCulture);
            return Over(new DayRange(day, day.AddDays(1))).ToldApartBy(others.Length > 0 ? others : [DefaultBy]);
        }

        var narrowed = With(dimension, [value ?? ""]);
        return narrowed.ToldApartBy(others.Length > 0 ? others : [narrowed.After(dimension)]);
    }

    public UsageAddress With(UsageDimension dimension, string value) => With(dimension, Question.Of(dimension).Append(value));

    public UsageAddress Without(UsageDimension dimension, string value) => With(dimension, Question.Of(dimension).Where(one => one != value));

    public UsageAddress WithoutFilters() => this with { Question = Question with { Filters = new Dictionary<UsageDimension, IReadOnlySet<string>>() } };

    /// <summary>What a form carries that chooses other days.</summary>
    public IEnumerable<(string Name, string Value)> FieldsWithoutRange() => Choices().Concat(Filters());

    public IEnumerable<(string Name, string Value)> Fields() => Range(isAlways: false).Concat(FieldsWithoutRange());

    /// <summary>The last so many days, today's among them.</summary>
    private DayRange Last(int days) => new(Today.AddDays(1 - days), Today.AddDays(1));

    private UsageAddress With(UsageDimension dimension, IEnumerable<string> values)
    {
        var filters = new Dictionary<UsageDimension, IReadOnlySet<string>>(Question.Filters);
        var wanted = values.ToHashSet(StringComparer.Ordinal);
        if (wanted.Count > 0) filters[dimension] = wanted;
        else filters.Remove(dimension);
        return this with { Question = Question with { Filters = filters } };
    }

    private UsageDimension After(UsageDimension dimension)
    {
        IEnumerable<UsageDimension> nearest = dimension switch
        {
            UsageDimension.Member => [UsageDimension.Device],
            UsageDimension.Repo => [UsageDimension.Branch],
            UsageDimension.Branch => [UsageDimension.Ticket],
            _ => [],
        };
        return nearest.Concat(Next).First(one => one != dimension && Question.Of(one).Count != 1);
    }

    /// <summary>The usual range is not written, so that an address that is kept shows the newest days.</summary>
    private IEnumerable<(string Name, string Value)> Range(bool isAlways) => !isAlways && Question.Range == Last(UsageLimits.DefaultDays)
        ? []
        : [("from", Day.ToText(Question.Range.From)), ("to", Day.ToText(Question.Range.To))];

    private IEnumerable<(string Name, string Value)> Choices()
    {
        if (Question.By is not [DefaultBy]) yield return ("by", string.Join(',', Question.By.Select(UsageNames.Of)));
        if (Measure != UsageMeasure.CostEffective) yield return ("sort", UsageNames.Measures.First(known => known.Measure == Measure).Name);
        if (Top != DefaultTop) yield return ("top", Top.ToString(CultureInfo.InvariantCulture));
    }

    private IEnumerable<(string Name, string Value)> Filters() => UsageNames.Filters
        .SelectMany(filter => Question.Of(filter.Dimension).Order(StringComparer.Ordinal).Select(value => (filter.Name, value)));

    private static string Written(IEnumerable<(string Name, string Value)> fields)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in fields) query.Add(name, value);
        return query.ToString();
    }
}

using System.Globalization;
using System.Text;
using Ingest.Api.Errors;
using Ingest.Domain;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Queries;

/// <summary>
/// Reads the parameters of an address. The framework's own binding would refuse with a bare 400 that says nothing; here the first one that
/// is wrong becomes <see cref="Refusal"/>, and what is read after it does not matter.
/// </summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private static readonly string[] Flags = ["true", "false"];

    /// <summary>What is wrong with the address, or null.</summary>
    public Problem? Refusal { get; private set; }

    /// <summary>The device named, as it is stored.</summary>
    public string DeviceId()
    {
        if (OptionalDeviceId() is { } id) return id;
        Refuse(Problem.Of(ProblemCode.MissingDeviceId));
        return "";
    }

    public string? OptionalDeviceId()
    {
        if (Text("device_id") is not { } text) return null;
        if (Domain.Identity.DeviceId.TryNormalise(text, out var id)) return id;
        Refuse(Problem.Of(ProblemCode.InvalidDeviceId));
        return "";
    }

    /// <summary>Another device than the one the address is about.</summary>
    public string DeviceId(string name)
    {
        if (Domain.Identity.DeviceId.TryNormalise(Text(name), out var id)) return id;
        Refuse(name, "must be given, the id of a device");
        return "";
    }

    public DateOnly Day(string name)
    {
        if (OptionalDay(name) is { } day) return day;
        Refuse(name, "must be given, a UTC day as YYYY-MM-DD");
        return default;
    }

    public DateOnly? OptionalDay(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Domain.Envelopes.Day.TryParse(Encoding.UTF8.GetBytes(text), out var day)) return day;
        Refuse(name, "must be a UTC day as YYYY-MM-DD");
        return default(DateOnly);
    }

    /// <summary><c>from</c> inclusive, <c>to</c> exclusive; an end that is not given is open.</summary>
    public DayRange Range()
    {
        var range = new DayRange(OptionalDay("from") ?? DayRange.All.From, OptionalDay("to") ?? DayRange.All.To);
        ShouldNotBeEmpty(range);
        return range;
    }

    public void ShouldNotBeEmpty(DayRange range)
    {
        if (range.From >= range.To) Refuse("from", "must be before to, which is not part of the range");
    }

    /// <summary>An instant, cut to what the database holds, or null where none is given.</summary>
    public DateTimeOffset? OptionalInstant(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Instant.TryParse(Encoding.UTF8.GetBytes(text), out var instant)) return instant;
        Refuse(name, "must be an RFC 3339 instant such as 2026-05-14T00:00:00Z; a plus sign in an address is written %2B");
        return null;
    }

    /// <summary>One of a closed list, or null where none is given.</summary>
    public string? OptionalChoice(string name, IEnumerable<string> choices)
    {
        if (Text(name) is not { } text) return null;
        if (choices.Contains(text, StringComparer.Ordinal)) return text;
        Refuse(name, $"must be one of {string.Join(", ", choices)}");
        return null;
    }

    /// <param name="name">Of the parameter.</param>
    /// <param name="what">What it is, for who left it out.</param>
    public string Needed(string name, string what)
    {
        if (Texts(name, 1) is { Count: 1 } texts) return texts.Single();
        Refuse(name, $"must be given, {what}");
        return "";
    }

    public bool? OptionalFlag(string name) => OptionalChoice(name, Flags) is { } text ? text == Flags[0] : null;

    public Guid? OptionalUuid(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Guid.TryParseExact(text, "D", out var id)) return id;
        Refuse(name, "must be a UUID");
        return null;
    }

    /// <summary>One of a closed list.</summary>
    public string Choice(string name, IReadOnlyList<string> choices)
    {
        if (OptionalChoice(name, choices) is { } choice) return choice;
        Refuse(name, $"must be given, one of {string.Join(", ", choices)}");
        return choices[0];
    }

    public int Limit() => Number("limit", PageLimits.Default, 1, PageLimits.Most);

    public int Number(string name, int absent, int least, int most)
    {
        if (Text(name) is not { } text) return absent;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Refuse(name, $"must be a number from {least} to {most}");
        return absent;
    }

    /// <summary>One of a closed list, or null where none is given.</summary>
    public T? OptionalChoice<T>(string name, IReadOnlyList<(T Value, string Name)> choices)
        where T : struct =>
        OptionalChoice(name, choices.Select(choice => choice.Name)) is { } text ? choices.First(choice => choice.Name == text).Value : null;

    /// <summary>Some of a closed list, with commas between or given again and again.</summary>
    public IReadOnlyList<T> Choices<T>(string name, IReadOnlyList<(T Value, string Name)> choices, int most)
        where T : struct
    {
        var chosen = new List<T>();
        foreach (var text in query[name].SelectMany(text => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal))
        {
            var at = choices.Index().Where(choice => choice.Item.Name == text).Select(choice => choice.Index).FirstOrDefault(-1);
            if (at < 0) Refuse(name, $"must be among {string.Join(", ", choices.Select(choice => choice.Name))}");
            else chosen.Add(choices[at].Value);
        }

        if (chosen.Count > most) Refuse(name, $"names {chosen.Count}; at most {most} go together");
        return chosen;
    }

    /// <summary>All values of a parameter that may be given again and again.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="most">Of them.</param>
    /// <param name="takesEmpty">Whether an empty value means something; otherwise it is one that is not given.</param>
    public IReadOnlySet<string> Texts(string name, int most, bool takesEmpty = false)
    {
        var texts = query[name].Select(text => text ?? "").Where(text => takesEmpty || text.Length > 0).ToHashSet(StringComparer.Ordinal);
        if (texts.Count > most) Refuse(name, $"is given {texts.Count} times; at most {most} go together");
        if (texts.Any(text => text.Contains('\0', StringComparison.Ordinal))) Refuse(name, "must not hold the character U+0000, which no stored text does");
        return texts;
    }

    public IReadOnlySet<string> DeviceIds(string name, int most)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in Texts(name, most))
        {
            if (Domain.Identity.DeviceId.TryNormalise(text, out var id)) ids.Add(id);
            else Refuse(Problem.Of(ProblemCode.InvalidDeviceId));
        }

        return ids;
    }

    public IReadOnlySet<string> Uuids(string name, int most)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in Texts(name, most))
        {
            if (Guid.TryParseExact(text, "D", out var id)) ids.Add(id.ToString("D"));
            else Refuse(name, "must be a UUID");
        }

        return ids;
    }

    /// <summary>The position a cursor holds, or null where none is given.</summary>
    /// <param name="scope">As it was written with.</param>
    /// <param name="parse">The position from its parts, or null where they make none.</param>
    public T? After<T>(IEnumerable<string> scope, Func<string[], T?> parse)
        where T : struct
    {
        if (Text("cursor") is not { } text) return null;
        if (Cursor.Read(text, scope) is { } parts && parse(parts) is { } position) return position;
        Refuse(Problem.Of(ProblemCode.InvalidCursor));
        return null;
    }

    /// <summary>The place a cursor holds in a list that is ordered by time, or null where none is given.</summary>
    /// <param name="scope">As it was written with.</param>
    public TimedPlace? AfterTime(IEnumerable<string> scope) => After(scope, CursorParts.ToTimedPlace);

    /// <summary>The one text a cursor holds, or null where none is given.</summary>
    /// <param name="scope">As it was written with.</param>
    public string? AfterText(IEnumerable<string> scope)
    {
        if (Text("cursor") is not { } text) return null;
        if (Cursor.Read(text, scope) is [var position]) return position;
        Refuse(Problem.Of(ProblemCode.InvalidCursor));
        return null;
    }

    /// <summary>What a cursor is bound to: nobody goes on with another list than the one that was begun.</summary>
    /// <param name="list">Which list.</param>
    /// <param name="caller">Whose workspace.</param>
    /// <param name="choice">The parameters that choose the entries.</param>
    public string[] Scope(string list, Caller caller, params ReadOnlySpan<string> choice) =>
        [list, caller.WorkspaceId, .. choice.ToArray().Select(name => name == "device_id" ? string.Join(',', DeviceIds(name, int.MaxValue).Order(StringComparer.Ordinal)) : Given(name))];

    /// <summary>Nothing is not the same as an empty value, which some filters take.</summary>
    private string Given(string name) => query.TryGetValue(name, out var values) ? "=" + values : "";

    private string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private void Refuse(string name, string rule) => Refuse(new Problem(ProblemCode.InvalidParameter, $"{name} {rule}."));

    private void Refuse(Problem problem) => Refusal ??= problem;
}

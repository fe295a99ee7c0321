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

    /// <summary>A text that rows are compared with, or null where none is given.</summary>
    public string? OptionalText(string name)
    {
        if (Text(name) is not { } text || !text.Contains('\0', StringComparison.Ordinal)) return Text(name);
        Refuse(name, "must not hold the character U+0000, which no stored text does");
        return null;
    }

    /// <param name="name">Of the parameter.</param>
    /// <param name="what">What it is, for who left it out.</param>
    public string Needed(string name, string what)
    {
        if (OptionalText(name) is { } text) return text;
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

    public int Limit()
    {
        if (Text("limit") is not { } text) return PageLimits.Default;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= PageLimits.Most) return limit;
        Refuse("limit", $"must be a number from 1 to {PageLimits.Most}");
        return PageLimits.Default;
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
        [list, caller.WorkspaceId, .. choice.ToArray().Select(name => name == "device_id" ? OptionalDeviceId() ?? "" : Text(name) ?? "")];

    private string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private void Refuse(string name, string rule) => Refuse(new Problem(ProblemCode.InvalidParameter, $"{name} {rule}."));

    private void Refuse(Problem problem) => Refusal ??= problem;
}

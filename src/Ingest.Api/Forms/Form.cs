using Ingest.Api.Errors;

namespace Ingest.Api.Forms;

/// <summary>What a body says, field by field. Values are those of a form that was read; a field that is absent, or null, has none.</summary>
internal sealed class Form(IReadOnlyDictionary<string, object?> values)
{
    public static Form Empty { get; } = new(new Dictionary<string, object?>(StringComparer.Ordinal));

    /// <summary>Whether it was named, be it as null.</summary>
    public bool Has(string name) => values.ContainsKey(name);

    public string? Text(string name) => values.GetValueOrDefault(name) as string;

    public bool Flag(string name) => values.GetValueOrDefault(name) is true;

    public int? Number(string name) => values.GetValueOrDefault(name) as int?;

    public DateTimeOffset? Instant(string name) => values.GetValueOrDefault(name) as DateTimeOffset?;

    public DateOnly? Day(string name) => values.GetValueOrDefault(name) as DateOnly?;

    public Guid? Uuid(string name) => values.GetValueOrDefault(name) as Guid?;

    public IReadOnlyList<string>? Texts(string name) => values.GetValueOrDefault(name) as IReadOnlyList<string>;

    public IReadOnlyList<Guid>? Uuids(string name) => values.GetValueOrDefault(name) as IReadOnlyList<Guid>;

    /// <summary>A refusal of one field, for what the shape cannot say.</summary>
    public static Problem Refusal(string name, string code, string message) =>
        new(ProblemCode.InvalidRequest, message) { Errors = [new ProblemError(name.Length == 0 ? "$" : "$." + name, code, message)] };
}

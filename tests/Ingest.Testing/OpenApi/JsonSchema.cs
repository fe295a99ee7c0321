using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ingest.Testing.OpenApi;

/// <summary>
/// Checks values against the schemas of one document. It knows the keywords that document uses and throws on any other:
/// a keyword that is skipped would let everything pass.
/// </summary>
/// <param name="document">Where references lead to.</param>
/// <param name="closed">Whether a member that no schema names is an error, as in an answer of ours; a request may carry what it likes.</param>
public sealed partial class JsonSchema(JsonNode document, bool closed)
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <returns>What is wrong, each with its place; nothing when the value is as described.</returns>
    public IReadOnlyList<string> Check(JsonNode schema, JsonNode? value)
    {
        var errors = new List<string>();
        CheckValue(schema, value, "$", errors);
        return errors;
    }

    private void CheckValue(JsonNode schema, JsonNode? value, string path, List<string> errors)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        Apply(schema, value, path, errors, named);
        if (!closed || value is not JsonObject members) return;
        foreach (var (name, _) in members)
        {
            if (!named.Contains(name)) errors.Add($"{path}.{name} is not in the document");
        }
    }

    /// <param name="named">Collects the members that some schema for this very value names.</param>
    private void Apply(JsonNode schema, JsonNode? value, string path, List<string> errors, HashSet<string> named)
    {
        foreach (var (keyword, rule) in schema.AsObject())
        {
            switch (keyword)
            {
                case "$ref": Apply(Resolve((string)rule!), value, path, errors, named); break;
                case "type": Expect(Types(rule!).Any(type => IsOf(type, value)), $"is {Shown(value)}, not {rule!.ToJsonString()}"); break;
                case "enum": Expect(rule!.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)), $"is {Shown(value)}, none of {rule.ToJsonString()}"); break;
                case "const": Expect(JsonNode.DeepEquals(rule, value), $"is {Shown(value)}, not {rule?.ToJsonString()}"); break;
                case "allOf": foreach (var part in rule!.AsArray()) Apply(part!, value, path, errors, named); break;
                case "anyOf": Choose(rule!.AsArray(), most: int.MaxValue); break;
                case "oneOf": Choose(rule!.AsArray(), most: 1); break;
                case "minimum": Number(number => number >= Limit(), "is below"); break;
                case "maximum": Number(number => number <= Limit(), "is above"); break;
                case "minLength": Text(text => Length(text) >= Limit(), "is shorter than"); break;
                case "maxLength": Text(text => Length(text) <= Limit(), "is longer than"); break;
                case "pattern": Text(text => Regex.IsMatch(text, (string)rule!, RegexOptions.CultureInvariant, MatchTimeout), "does not match"); break;
                case "format": Format((string)rule!); break;
                case "minItems": if (value is JsonArray few) Expect(few.Count >= Limit(), $"has less than {rule} items"); break;
                case "maxItems": if (value is JsonArray many) Expect(many.Count <= Limit(), $"has more than {rule} items"); break;
                case "items": Items(); break;
                case "required": Required(); break;
                case "properties": Properties(); break;
                case "additionalProperties": Additional(); break;
                case "title" or "description" or "default" or "example" or "examples" or "deprecated": break;
                default: throw new NotSupportedException($"The document uses the keyword '{keyword}', which this check does not know.");
            }

            decimal Limit() => Decimal(rule!);

            void Number(Func<decimal, bool> holds, string complaint)
            {
                if (value?.GetValueKind() == JsonValueKind.Number) Expect(holds(Decimal(value)), $"{Shown(value)} {complaint} {rule}");
            }

            void Text(Func<string, bool> holds, string complaint)
            {
                if (value?.GetValueKind() == JsonValueKind.String) Expect(holds(value.GetValue<string>()), $"{Shown(value)} {complaint} {rule}");
            }

            void Format(string format)
            {
                switch (format)
                {
                    case "date": Text(text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "is no"); break;
                    case "date-time": Text(text => DateTimeText().IsMatch(text) && DateTimeOffset.TryParse(Microseconds().Replace(text, "${kept}"), CultureInfo.InvariantCulture, out _), "is no"); break;
                    case "uuid": Text(text => Guid.TryParseExact(text, "D", out _), "is no"); break;
                    case "int32": Number(number => number is >= int.MinValue and <= int.MaxValue, "is no"); break;
                    case "int64": Number(number => number is >= long.MinValue and <= long.MaxValue, "is no"); break;
                    case "double": Number(_ => true, "is no"); break;
                    default: throw new NotSupportedException($"The document uses the format '{format}', which this check does not know.");
                }
            }

            void Items()
            {
                if (value is not JsonArray items) return;
                for (var i = 0; i < items.Count; i++) CheckValue(rule!, items[i], $"{path}[{i}]", errors);
            }

            void Required()
            {
                if (value is not JsonObject members) return;
                foreach (var name in rule!.AsArray()) Expect(members.ContainsKey((string)name!), $"lacks {name}");
            }

            void Properties()
            {
                if (value is not JsonObject members) return;
                foreach (var (name, property) in rule!.AsObject())
                {
                    if (!members.TryGetPropertyValue(name, out var member)) continue;
                    named.Add(name);
                    CheckValue(property!, member, $"{path}.{name}", errors);
                }
            }

            void Additional()
            {
                if (value is not JsonObject members) return;
                var known = schema["properties"]?.AsObject();
                foreach (var (name, member) in members.Where(member => known?.ContainsKey(member.Key) != true))
                {
                    if (rule is JsonObject additional) CheckValue(additional, member, $"{path}.{name}", errors);
                    else Expect((bool)rule!, $"has a member {name} that is not allowed");
                    named.Add(name);
                }
            }

            void Choose(JsonArray alternatives, int most)
            {
                var failures = new List<string>();
                var fitting = 0;
                foreach (var alternative in alternatives)
                {
                    var wrong = new List<string>();
                    var seen = new HashSet<string>(StringComparer.Ordinal);
                    Apply(alternative!, value, path, wrong, seen);
                    failures.AddRange(wrong);
                    if (wrong.Count > 0) continue;
                    fitting++;
                    named.UnionWith(seen);
                }

                Expect(fitting > 0, $"fits no alternative ({string.Join("; ", failures)})");
                Expect(fitting <= most, $"fits {fitting} alternatives, not one");
            }
        }

        void Expect(bool holds, string complaint)
        {
            if (!holds) errors.Add($"{path} {complaint}");
        }
    }

    /// <summary>What a reference such as <c>#/components/schemas/Problem</c> leads to.</summary>
    public JsonNode Resolve(string reference) =>
        reference.Split('/') is ["#", .. var steps] && steps.Aggregate<string, JsonNode?>(document, (node, step) => node?[step]) is { } target
            ? target
            : throw new InvalidOperationException($"The document has no {reference}.");

    private static IEnumerable<string> Types(JsonNode rule) => rule is JsonArray several ? several.Select(type => (string)type!) : [(string)rule!];

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("string", JsonValueKind.String) => true,
        ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => decimal.IsInteger(Decimal(value!)),
        ("array", JsonValueKind.Array) => true,
        ("object", JsonValueKind.Object) => true,
        ("null" or "boolean" or "string" or "number" or "integer" or "array" or "object", _) => false,
        _ => throw new NotSupportedException($"The document uses the type '{type}', which there is not."),
    };

    /// <summary>By way of its text: a value made in memory converts to no other type of number.</summary>
    private static decimal Decimal(JsonNode number) => decimal.Parse(number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>JSON Schema counts code points.</summary>
    private static int Length(string text) => text.EnumerateRunes().Count();

    private static string Shown(JsonNode? value) => value?.ToJsonString() is { } text ? text.Length <= 120 ? text : text[..120] + "…" : "null";

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex DateTimeText();

    /// <summary>RFC 3339 allows any number of digits, the framework's parser seven.</summary>
    [GeneratedRegex(@"(?<kept>\.\d{6})\d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Microseconds();
}

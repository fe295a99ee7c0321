using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;

namespace Ingest.Api.Forms;

/// <summary>Reads a short body strictly: a name with a typo, passed over, would do something else than was meant.</summary>
internal static class FormReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>How a form may be refused.</summary>
    public static ProblemCode[] Refusals { get; } = [.. BodyReader.Refusals, ProblemCode.InvalidJson, ProblemCode.InvalidRequest];

    /// <returns>The form, or why there is none. Where every field may be left out, so may the body.</returns>
    public static async ValueTask<(Form Form, Problem? Problem)> ReadFormAsync(this BodyReader bodies, HttpContext context, FormShape shape)
    {
        var reading = await bodies.ForShort().ReadAsync(context);
        if (reading.Body is null)
        {
            return reading.Problem!.Code == ProblemCode.NoBody && !shape.NeedsBody ? (Form.Empty, null) : (Form.Empty, reading.Problem);
        }

        using var body = reading.Body;
        var problem = Read(body.Content, shape, out var form);
        return (form, problem);
    }

    /// <returns>What is wrong with the body, or null and the form.</returns>
    public static Problem? Read(ReadOnlyMemory<byte> body, FormShape shape, out Form form)
    {
        form = Form.Empty;
        try
        {
            if (!Utf8.IsValid(body.Span)) return Problem.Of(ProblemCode.InvalidJson);
            using var json = JsonDocument.Parse(body, Strict);
            var errors = new List<ProblemError>();
            if (json.RootElement.ValueKind == JsonValueKind.Object) form = Read(json.RootElement, shape, errors);
            else errors.Add(new ProblemError("$", IssueCodes.WrongType, "The body must be a JSON object."));
            return errors.Count == 0 ? null : new Problem(ProblemCode.InvalidRequest, errors[0].Message) { Errors = errors };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is half of a surrogate pair, which no text can hold.
            return Problem.Of(ProblemCode.InvalidJson);
        }
    }

    private static Form Read(JsonElement body, FormShape shape, List<ProblemError> errors)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            if (shape.Find(member.Name) is not { } field)
                errors.Add(new ProblemError("$." + member.Name, IssueCodes.UnknownField, Known(shape)));
            else
                values[field.Name] = member.Value.ValueKind == JsonValueKind.Null ? null : ValueOf(member.Value, field, "$." + field.Name, errors);
        }

        if (errors.Count > 0) return Form.Empty;
        foreach (var missing in shape.Fields.Where(field => field.IsRequired && values.GetValueOrDefault(field.Name) is null))
            errors.Add(new ProblemError("$." + missing.Name, IssueCodes.Required, $"{missing.Name} must be given."));
        return new Form(values);
    }

    private static string Known(FormShape shape) => shape.Fields.Count switch
    {
        0 => "The body has no fields.",
        1 => $"There is only {shape.Fields[0].Name}.",
        _ => $"There are {string.Join(", ", shape.Fields.SkipLast(1).Select(field => field.Name))} and {shape.Fields[^1].Name}.",
    };

    private static object? ValueOf(JsonElement value, FormField field, string path, List<ProblemError> errors)
    {
        switch (field.Kind)
        {
            case FormKind.Flag:
                if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
                return Refuse(errors, path, IssueCodes.WrongType, "Must be true or false.");
            case FormKind.Number:
                if (value.ValueKind != JsonValueKind.Number) return Refuse(errors, path, IssueCodes.WrongType, "Must be a number.");
                if (value.TryGetInt32(out var number) && number >= field.Lowest && number <= field.Highest) return number;
                return Refuse(errors, path, IssueCodes.OutOfRange, $"Must be a whole number from {field.Lowest} to {field.Highest}.");
            case FormKind.Choices or FormKind.Uuids:
                return ListOf(value, field, path, errors);
            default:
                if (value.ValueKind != JsonValueKind.String) return Refuse(errors, path, IssueCodes.WrongType, "Must be a string.");
                return TextOf(value.GetString()!, field, path, errors);
        }
    }

    private static object? ListOf(JsonElement value, FormField field, string path, List<ProblemError> errors)
    {
        if (value.ValueKind != JsonValueKind.Array) return Refuse(errors, path, IssueCodes.WrongType, "Must be an array.");
        if (value.GetArrayLength() == 0 || value.GetArrayLength() > field.Most)
            return Refuse(errors, path, IssueCodes.OutOfRange, $"Must hold 1 to {field.Most} entries.");

        var texts = new List<string>();
        var ids = new List<Guid>();
        foreach (var (index, entry) in value.EnumerateArray().Index())
        {
            var at = $"{path}[{index}]";
            if (entry.ValueKind != JsonValueKind.String) Refuse(errors, at, IssueCodes.WrongType, "Must be a string.");
            else if (field.Kind == FormKind.Uuids && ReadUuid(entry.GetString()!, at, errors) is { } id) ids.Add(id);
            else if (field.Kind == FormKind.Choices && ReadWord(entry.GetString()!, field, at, errors) is { } word) texts.Add(word);
        }

        return field.Kind == FormKind.Uuids ? ids : texts;
    }

    private static object? TextOf(string text, FormField field, string path, List<ProblemError> errors)
    {
        switch (field.Kind)
        {
            case FormKind.Instant:
                if (Instant.TryParse(Encoding.UTF8.GetBytes(text), out var instant)) return instant;
                return Refuse(errors, path, IssueCodes.InvalidTimestamp, "Must be an RFC 3339 instant such as 2026-05-14T00:00:00Z.");
            case FormKind.Day:
                if (Day.TryParse(Encoding.UTF8.GetBytes(text), out var day)) return day;
                return Refuse(errors, path, IssueCodes.InvalidDay, "Must be a calendar day as YYYY-MM-DD, from 1970-01-01 on.");
            case FormKind.DeviceId:
                if (DeviceId.TryNormalise(text, out var deviceId)) return deviceId;
                return Refuse(errors, path, IssueCodes.InvalidFormat, ProblemCode.InvalidDeviceId.Remedy);
            case FormKind.Uuid:
                return ReadUuid(text, path, errors);
            case FormKind.Choice:
                return ReadWord(text, field, path, errors);
            default:
                if (text.Length > field.Most) return Refuse(errors, path, IssueCodes.OutOfRange, $"Must have at most {field.Most} characters.");
                if (!text.EnumerateRunes().Any(rune => Rune.IsControl(rune))) return text;
                return Refuse(errors, path, IssueCodes.InvalidText, "Must hold no control character.");
        }
    }

    private static Guid? ReadUuid(string text, string path, List<ProblemError> errors)
    {
        if (Guid.TryParseExact(text, "D", out var id)) return id;
        Refuse(errors, path, IssueCodes.InvalidFormat, "Must be a UUID.");
        return null;
    }

    private static string? ReadWord(string text, FormField field, string path, List<ProblemError> errors)
    {
        if (field.Words.Contains(text, StringComparer.Ordinal)) return text;
        Refuse(errors, path, IssueCodes.InvalidFormat, $"Must be one of {string.Join(", ", field.Words)}.");
        return null;
    }

    private static object? Refuse(List<ProblemError> errors, string path, string code, string message)
    {
        errors.Add(new ProblemError(path, code, message));
        return null;
    }
}

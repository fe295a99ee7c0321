using System.Text.Json;
using System.Text.Unicode;
using Ingest.Api.Errors;
using Ingest.Domain.Identity;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;

namespace Ingest.Api.Quarantine;

/// <summary>Reads which rows a request is about, strictly: what is meant must not be guessed where rows are deleted.</summary>
internal static class SelectionOrder
{
    public const int MostIds = 400;

    /// <summary>What stands in the place of a selection that was refused.</summary>
    public static readonly QuarantineSelection None = new("", [], null);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <returns>What is wrong with the body, or null and the selection.</returns>
    public static Problem? Read(ReadOnlyMemory<byte> body, out QuarantineSelection selection)
    {
        selection = None;
        try
        {
            if (!Utf8.IsValid(body.Span)) return Problem.Of(ProblemCode.InvalidJson);
            using var json = JsonDocument.Parse(body, Strict);
            var errors = new List<ProblemError>();
            if (json.RootElement.ValueKind == JsonValueKind.Object) selection = Read(json.RootElement, errors);
            else errors.Add(new ProblemError("$", IssueCodes.WrongType, "The body must be a JSON object."));
            return errors.Count == 0 ? null : new Problem(ProblemCode.InvalidRequest, errors[0].Message) { Errors = errors };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is half of a surrogate pair, which no text can hold.
            return Problem.Of(ProblemCode.InvalidJson);
        }
    }

    private static QuarantineSelection Read(JsonElement body, List<ProblemError> errors)
    {
        var (deviceId, code, all, ids) = ((string?)null, (string?)null, false, (List<Guid>?)null);
        foreach (var field in body.EnumerateObject())
        {
            var (value, path) = (field.Value, "$." + field.Name);
            if (field.Name is not ("device_id" or "ids" or "code" or "all"))
                errors.Add(new ProblemError(path, IssueCodes.UnknownField, "There are device_id, ids, code and all."));
            else if (value.ValueKind == JsonValueKind.Null)
                continue;
            else if (field.Name == "all")
                ReadAll(value, path, ref all, errors);
            else if (field.Name == "ids")
                ids = ReadIds(value, path, errors);
            else if (value.ValueKind != JsonValueKind.String)
                errors.Add(new ProblemError(path, IssueCodes.WrongType, "Must be a string."));
            else if (field.Name == "device_id")
                ReadDevice(value.GetString(), path, ref deviceId, errors);
            else
                ReadCode(value.GetString()!, path, ref code, errors);
        }

        if (errors.Count == 0)
        {
            if (deviceId is null) errors.Add(new ProblemError("$.device_id", IssueCodes.Required, "Name one device as device_id."));
            if ((ids is null ? 0 : 1) + (code is null ? 0 : 1) + (all ? 1 : 0) != 1)
                errors.Add(new ProblemError("$", IssueCodes.InvalidFormat, "Say which rows: exactly one of ids, code and \"all\": true."));
        }

        return new QuarantineSelection(deviceId ?? "", ids, code);
    }

    private static void ReadAll(JsonElement value, string path, ref bool all, List<ProblemError> errors)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) all = value.GetBoolean();
        else errors.Add(new ProblemError(path, IssueCodes.WrongType, "Must be true."));
    }

    private static List<Guid> ReadIds(JsonElement value, string path, List<ProblemError> errors)
    {
        var ids = new List<Guid>();
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(new ProblemError(path, IssueCodes.WrongType, "Must be an array."));
            return ids;
        }

        if (value.GetArrayLength() is 0 or > MostIds) errors.Add(new ProblemError(path, IssueCodes.OutOfRange, $"Must hold 1 to {MostIds} ids."));
        foreach (var (index, id) in value.EnumerateArray().Index())
        {
            if (id.ValueKind == JsonValueKind.String && id.TryGetGuid(out var known)) ids.Add(known);
            else errors.Add(new ProblemError($"{path}[{index}]", IssueCodes.InvalidFormat, "Must be the id of a quarantined row."));
        }

        return ids;
    }

    private static void ReadDevice(string? text, string path, ref string? deviceId, List<ProblemError> errors)
    {
        if (!DeviceId.TryNormalise(text, out deviceId)) errors.Add(new ProblemError(path, IssueCodes.InvalidFormat, ProblemCode.InvalidDeviceId.Remedy));
    }

    private static void ReadCode(string text, string path, ref string? code, List<ProblemError> errors)
    {
        if (IssueCodes.All.Any(issue => issue.Code == text)) code = text;
        else errors.Add(new ProblemError(path, IssueCodes.InvalidFormat, "Must be a code that quarantined rows have."));
    }
}

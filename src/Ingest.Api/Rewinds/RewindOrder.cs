using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Api.Errors;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;

namespace Ingest.Api.Rewinds;

/// <summary>The body of <c>POST /v1/ingest/rewind</c>.</summary>
/// <param name="DeviceId">The one device; null is all of the workspace.</param>
/// <param name="From">From which day on; null is the beginning.</param>
/// <param name="Verify">Whether days are compared row by row, whatever their digests say.</param>
internal sealed record RewindOrder(string? DeviceId, DateOnly? From, bool Verify)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Reads it strictly: a name with a typo, passed over, would ask for more than was meant.</summary>
    /// <param name="today">By the server's clock; no later day can be asked for.</param>
    /// <returns>What is wrong with the body, or null and the order.</returns>
    public static Problem? Read(ReadOnlyMemory<byte> body, DateOnly today, out RewindOrder order)
    {
        order = new RewindOrder(null, null, false);
        try
        {
            if (!Utf8.IsValid(body.Span)) return Problem.Of(ProblemCode.InvalidJson);
            using var json = JsonDocument.Parse(body, Strict);
            var errors = new List<ProblemError>();
            if (json.RootElement.ValueKind == JsonValueKind.Object) order = Read(json.RootElement, today, errors);
            else errors.Add(new ProblemError("$", IssueCodes.WrongType, "The body must be a JSON object."));
            return errors.Count == 0 ? null : new Problem(ProblemCode.InvalidRequest, errors[0].Message) { Errors = errors };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is half of a surrogate pair, which no text can hold.
            return Problem.Of(ProblemCode.InvalidJson);
        }
    }

    private static RewindOrder Read(JsonElement body, DateOnly today, List<ProblemError> errors)
    {
        var (deviceId, all, from, verify) = ((string?)null, false, (DateOnly?)null, false);
        foreach (var field in body.EnumerateObject())
        {
            var (value, path) = (field.Value, "$." + field.Name);
            if (field.Name is not ("device_id" or "all" or "from" or "verify"))
                errors.Add(new ProblemError(path, IssueCodes.UnknownField, "There are device_id, all, from and verify."));
            else if (value.ValueKind == JsonValueKind.Null)
                continue;
            else if (field.Name is "all" or "verify")
                ReadFlag(value, path, ref field.Name == "all" ? ref all : ref verify, errors);
            else if (value.ValueKind != JsonValueKind.String)
                errors.Add(new ProblemError(path, IssueCodes.WrongType, "Must be a string."));
            else if (field.Name == "device_id")
                ReadDevice(value.GetString(), path, ref deviceId, errors);
            else
                ReadDay(value.GetString()!, path, today, ref from, errors);
        }

        if (errors.Count == 0 && all == (deviceId is not null))
        {
            errors.Add(all
                ? new ProblemError("$.all", IssueCodes.InvalidFormat, "device_id and all exclude each other.")
                : new ProblemError("$.device_id", IssueCodes.Required, "Name one device as device_id, or say \"all\": true."));
        }

        return new RewindOrder(deviceId, from, verify);
    }

    private static void ReadFlag(JsonElement value, string path, ref bool flag, List<ProblemError> errors)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) flag = value.GetBoolean();
        else errors.Add(new ProblemError(path, IssueCodes.WrongType, "Must be true or false."));
    }

    private static void ReadDevice(string? text, string path, ref string? deviceId, List<ProblemError> errors)
    {
        if (!Domain.Identity.DeviceId.TryNormalise(text, out deviceId))
            errors.Add(new ProblemError(path, IssueCodes.InvalidFormat, ProblemCode.InvalidDeviceId.Remedy));
    }

    private static void ReadDay(string text, string path, DateOnly today, ref DateOnly? from, List<ProblemError> errors)
    {
        if (!Day.TryParse(Encoding.UTF8.GetBytes(text), out var day))
            errors.Add(new ProblemError(path, IssueCodes.InvalidDay, "Must be a calendar day as YYYY-MM-DD, from 1970-01-01 on."));
        else if (day > today)
            errors.Add(new ProblemError(path, IssueCodes.OutOfRange, "Must not be after today."));
        else
            from = day;
    }
}

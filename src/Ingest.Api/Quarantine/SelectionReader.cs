using System.Text.Json;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Domain.Identity;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;

namespace Ingest.Api.Quarantine;

/// <summary>Reads which rows a request is about. One that says less or more than one thing is refused: what is meant must not be guessed where rows are deleted.</summary>
internal sealed class SelectionReader(BodyReader bodies)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>How the request may be refused.</summary>
    public static ProblemCode[] Refusals { get; } = [.. BodyReader.Refusals, ProblemCode.InvalidJson, ProblemCode.InvalidSelection];

    public async ValueTask<(QuarantineSelection? Selection, Problem? Problem)> ReadAsync(HttpContext context)
    {
        var reading = await bodies.ReadAsync(context);
        if (reading.Body is null) return (null, reading.Problem);
        using var body = reading.Body;
        return Read(body.Content);
    }

    private static (QuarantineSelection? Selection, Problem? Problem) Read(ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Strict);
        }
        catch (JsonException broken)
        {
            return (null, new Problem(ProblemCode.InvalidJson, $"Not valid JSON at line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1} of that line."));
        }

        using (document)
        {
            try
            {
                return document.RootElement.Deserialize(ApiJson.Default.SelectionRequest) is { } request ? Judge(request) : Refuse("The body must be an object.");
            }
            catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
            {
                return Refuse($"{(wrong as JsonException)?.Path ?? "$"} is not what it should be, or has no place here. {ProblemCode.InvalidSelection.Remedy}");
            }
        }
    }

    private static (QuarantineSelection? Selection, Problem? Problem) Judge(SelectionRequest request)
    {
        if (!DeviceId.TryNormalise(request.DeviceId, out var device)) return Refuse("device_id must name one device, as its envelopes do.");
        if (request.All == false) return Refuse("all can only be true.");
        var said = (request.Ids is null ? 0 : 1) + (request.Code is null ? 0 : 1) + (request.All is null ? 0 : 1);
        if (said != 1) return Refuse("Exactly one of ids, code and all must be there.");
        if (request.Ids is { Count: 0 or > SelectionRequest.MostIds }) return Refuse($"ids must hold 1 to {SelectionRequest.MostIds} ids.");
        if (request.Code is { } code && !IssueCodes.All.Any(issue => issue.Code == code)) return Refuse("code must be one of those that quarantined rows have.");
        return (new QuarantineSelection(device, request.Ids, request.Code), null);
    }

    private static (QuarantineSelection? Selection, Problem? Problem) Refuse(string detail) => (null, new Problem(ProblemCode.InvalidSelection, detail));
}

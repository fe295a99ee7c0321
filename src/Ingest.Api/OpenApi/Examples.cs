using System.Text.Json.Nodes;
using Ingest.Api.Errors;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Api.OpenApi;

/// <summary>The bodies the document shows. The tests send the envelopes and compare the answers, so none of them can go stale.</summary>
internal static class Examples
{
    public static readonly Guid AttemptId = Guid.ParseExact("0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11", "D");

    /// <summary>One envelope of each schema version, for the workspace <c>ws_local</c>.</summary>
    public static IReadOnlyList<(string Name, string Summary, string File)> Envelopes { get; } =
    [
        ("version_2", "Schema version 2, as today's daemons send it", "envelope-v2"),
        ("version_1", "Schema version 1: the workspace as org_id, one cost, no surface", "envelope-v1"),
        ("version_3", "Schema version 3: a session with title and vitals", "envelope-v3"),
        ("version_4", "Schema version 4: a rate-limit window", "envelope-v4"),
    ];

    public static JsonNode Read(string file)
    {
        using var stream = typeof(Examples).Assembly.GetManifestResourceStream($"examples/{file}.json")
            ?? throw new InvalidOperationException($"The example {file} is not part of the program.");
        return JsonNode.Parse(stream)!;
    }

    /// <summary>A refusal as the service writes it.</summary>
    public static ProblemDocument Of(ProblemCode code) => ProblemWriter.Document(ProblemOf(code), AttemptId);

    private static Problem ProblemOf(ProblemCode code)
    {
        if (code == ProblemCode.UnsupportedSchemaVersion) return new Problem(code, SchemaVersion.Unsupported("5"));
        if (code == ProblemCode.InvalidEnvelope) return With(code, new ProblemError("$.device_id", IssueCodes.Required, "Missing or invalid device_id"));
        if (code == ProblemCode.InvalidRequest) return With(code, new ProblemError("$.from", IssueCodes.InvalidDay, "Must be a calendar day as YYYY-MM-DD, from 1970-01-01 on."));
        if (code == ProblemCode.InvalidJson) return With(code, new ProblemError("$", code.Code, "Not valid JSON at line 3, byte 17 of that line."));
        if (code == ProblemCode.InvalidRows || code == ProblemCode.NoUsableRows || code == ProblemCode.QuarantineFull)
            return With(code, new ProblemError("$.payload.daily_rollups[3].message_count", IssueCodes.Negative, "Must not be negative."));
        return Problem.Of(code);
    }

    private static Problem With(ProblemCode code, ProblemError error) => new(code, error.Message) { Errors = [error] };
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Ingest.Api.Errors;

/// <summary>The body of every refusal: RFC 9457 problem details, with the members this API adds.</summary>
internal sealed record ProblemDocument
{
    /// <summary>Identifies the kind of problem: <c>urn:ingest:problem:</c> and the code.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem in words, the same every time.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>What happened this time, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>Which of the closed list of <c>docs/errors.md</c>.</summary>
    public required string Code { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public required bool Retryable { get; init; }

    /// <summary>Names this attempt in the server's log; the same as the header <c>Ingest-Attempt-Id</c>.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>The detail again, where daemons and scripts written against the older API look for it.</summary>
    public required string Error { get; init; }

    /// <summary>What exactly is wrong, at most 50 entries.</summary>
    [MaxLength(ProblemWriter.MostErrors)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProblemError>? Errors { get; init; }

    /// <summary>How many further entries were left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ErrorsTruncated { get; init; }
}

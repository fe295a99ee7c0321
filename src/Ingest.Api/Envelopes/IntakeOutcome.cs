using Ingest.Api.Errors;
using Ingest.Domain.Health;

namespace Ingest.Api.Envelopes;

/// <summary>What an envelope is answered, and what is remembered of the attempt.</summary>
internal sealed record IntakeOutcome(SyncAttempt Attempt)
{
    public IntakeOutcome(SyncAttempt attempt, IngestAnswer answer)
        : this(attempt) => Answer = answer;

    public IntakeOutcome(SyncAttempt attempt, Problem problem)
        : this(attempt) => Problem = problem;

    public IngestAnswer? Answer { get; }

    public Problem? Problem { get; }

    /// <summary>The detail to keep, where the answer's own says more than may be kept.</summary>
    public string? Remembered { get; init; }

    /// <summary>What made it fail, for the log.</summary>
    public Exception? Cause { get; init; }
}

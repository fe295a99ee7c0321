namespace Ingest.Api.Errors;

/// <summary>One refusal: which of the closed list, and what a person reads about this occurrence.</summary>
internal sealed record Problem(ProblemCode Code, string Detail)
{
    /// <summary>What exactly is wrong; the writer caps how much of it is sent.</summary>
    public IReadOnlyList<ProblemError> Errors { get; init; } = [];

    /// <summary>The device it concerns, for the log; empty or null where that is not known.</summary>
    public string? DeviceId { get; init; }

    /// <summary>When to come back, where this occurrence knows better than its code.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A refusal that needs no more words than its title and remedy.</summary>
    public static Problem Of(ProblemCode code) => new(code, $"{code.Title}. {code.Remedy}");
}

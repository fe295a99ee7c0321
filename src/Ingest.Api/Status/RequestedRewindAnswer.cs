namespace Ingest.Api.Status;

/// <summary>A rewind that waits for its turn.</summary>
/// <param name="From">The first day that is asked for, <c>YYYY-MM-DD</c> in UTC.</param>
/// <param name="Verify">Whether what comes shall be compared row by row.</param>
internal sealed record RequestedRewindAnswer(DateOnly From, bool Verify);

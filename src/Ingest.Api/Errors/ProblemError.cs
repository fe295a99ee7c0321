namespace Ingest.Api.Errors;

/// <summary>One thing wrong in a request.</summary>
/// <param name="Path">Where, as a JSON path in the wire's own names: <c>$.payload.daily_rollups[3].bucket_day</c>.</param>
/// <param name="Code">Which rule, for programs.</param>
/// <param name="Message">What is wrong, for people.</param>
internal sealed record ProblemError(string Path, string Code, string Message);

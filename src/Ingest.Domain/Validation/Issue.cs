namespace Ingest.Domain.Validation;

/// <summary>One rule that was broken.</summary>
/// <param name="Path">Where, as a JSON path in the wire's own names: <c>$.payload.daily_rollups[3].message_count</c>.</param>
/// <param name="Code">Which rule, for programs.</param>
/// <param name="Message">What is wrong, for people.</param>
public sealed record Issue(string Path, string Code, string Message);

namespace Ingest.Domain.Validation;

/// <summary>What is wrong, and where: a JSON path such as <c>$.payload.daily_rollups[3].message_count</c>.</summary>
public sealed record Issue(string Path, string Code, string Message);

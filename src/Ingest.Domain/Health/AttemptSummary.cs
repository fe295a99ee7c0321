namespace Ingest.Domain.Health;

/// <summary>The last attempt of a device and how it was answered.</summary>
public sealed record AttemptSummary(Guid AttemptId, DateTimeOffset At, int HttpStatus, string? Code, string? Detail);

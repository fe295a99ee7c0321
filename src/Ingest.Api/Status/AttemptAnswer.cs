namespace Ingest.Api.Status;

/// <summary>The last attempt to sync and how it was answered.</summary>
/// <param name="AttemptId">As the header <c>Ingest-Attempt-Id</c> named it.</param>
/// <param name="At">When it arrived.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Code">The error code, or null when the envelope was accepted.</param>
/// <param name="Detail">The text of the refusal.</param>
internal sealed record AttemptAnswer(Guid AttemptId, DateTimeOffset At, int Status, string? Code, string? Detail);

namespace Ingest.Api.Status;

/// <summary>The server was restored from a backup, and the device has not yet sent again all it has: what it delivered in between may be missing.</summary>
/// <param name="At">When it was restored.</param>
/// <param name="CompleteThrough">The last day that was complete when the backup was taken; null where none was.</param>
internal sealed record RestoredAnswer(DateTimeOffset At, DateOnly? CompleteThrough);

namespace Ingest.Persistence.Attempts;

/// <summary>A row of <c>sync_attempts</c> at one moment: it is counted on while it is written.</summary>
internal readonly record struct AttemptCount(AttemptRow Row, int Times, DateTimeOffset LastReceivedAt);

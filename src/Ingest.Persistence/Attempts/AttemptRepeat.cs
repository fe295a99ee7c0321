using Ingest.Domain.Health;

namespace Ingest.Persistence.Attempts;

/// <summary>Attempts that equal one already written.</summary>
internal sealed record AttemptRepeat(SyncAttempt Written, int Times, DateTimeOffset LastReceivedAt);

using Ingest.Domain.Health;

namespace Ingest.Persistence.Attempts;

/// <summary>A row of <c>sync_attempts</c> that is not written yet, so that equal attempts can still be counted into it.</summary>
internal sealed class AttemptRow(SyncAttempt attempt)
{
    public SyncAttempt Attempt { get; } = attempt;

    public int Times { get; private set; } = 1;

    public DateTimeOffset LastReceivedAt { get; private set; } = attempt.ReceivedAt;

    public void Repeat(SyncAttempt again)
    {
        Times++;
        LastReceivedAt = again.ReceivedAt;
    }
}

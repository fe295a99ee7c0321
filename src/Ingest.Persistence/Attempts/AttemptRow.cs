using Ingest.Domain.Health;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// A row of <c>sync_attempts</c>: an attempt, and how often it came again. Counted here and written behind, as totals: a count whose write
/// was not confirmed is written again and stays right. Guarded by the lock of <see cref="DeviceContacts"/>.
/// </summary>
internal sealed class AttemptRow(SyncAttempt attempt)
{
    public SyncAttempt Attempt { get; } = attempt;

    public int Times { get; private set; } = 1;

    public DateTimeOffset LastReceivedAt { get; private set; } = attempt.ReceivedAt;

    /// <summary>How many of them the database knows of; 0 where it does not know the row.</summary>
    public int WrittenTimes { get; set; }

    /// <summary>The database does not take it: nothing more is counted into it.</summary>
    public bool IsGivenUp { get; set; }

    public bool IsWritten => IsGivenUp || WrittenTimes == Times;

    public AttemptCount Count => new(this, Times, LastReceivedAt);

    public void Repeat(SyncAttempt again)
    {
        Times++;
        LastReceivedAt = again.ReceivedAt;
    }
}

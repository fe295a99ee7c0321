using Ingest.Domain.Health;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// What a contact keeps of its device's last attempt. A value: the record of an attempt, if it were kept until the next one came, would
/// outlive its collection, and one more of them with every request.
/// </summary>
internal readonly record struct LastAttempt(Guid KeyId, Guid AttemptId, DateTimeOffset At, int HttpStatus, string? Code, string? Detail)
{
    public AttemptSummary Summary => new(AttemptId, At, HttpStatus, Code, Detail);

    public static LastAttempt Of(SyncAttempt attempt) => new(attempt.KeyId, attempt.AttemptId, attempt.ReceivedAt, attempt.HttpStatus, attempt.Code, attempt.Detail);

    public bool EndedLike(LastAttempt before) =>
        (KeyId, HttpStatus, Code, Detail) == (before.KeyId, before.HttpStatus, before.Code, before.Detail);
}

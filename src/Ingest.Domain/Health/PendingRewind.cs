namespace Ingest.Domain.Health;

/// <summary>A device that is being asked to send again.</summary>
/// <param name="From">The first day it shall send.</param>
/// <param name="Reason">Why, in the ledger's words.</param>
/// <param name="Since">Since when it is told so.</param>
/// <param name="UnheededAnswers">Answers that told it and that it did not follow.</param>
/// <param name="Verify">Whether what comes is compared row by row.</param>
public sealed record PendingRewind(DateOnly From, string Reason, DateTimeOffset Since, int UnheededAnswers, bool Verify);

namespace Ingest.Api.Attempts;

/// <summary>Attempts, the newest first.</summary>
/// <param name="Attempts">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record AttemptsAnswer(IReadOnlyList<SyncAttemptAnswer> Attempts, string? NextCursor);

namespace Ingest.Api.Sessions;

/// <summary>Sessions, those with the last activity first.</summary>
/// <param name="Sessions">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record SessionsAnswer(IReadOnlyList<SessionAnswer> Sessions, string? NextCursor);

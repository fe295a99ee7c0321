namespace Ingest.Domain.Identity;

/// <summary>Somebody who is signed in to the pages.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Caller">As whom they speak: as good as their key, or their role after a link, is at this moment.</param>
/// <param name="WorkspaceName">What their workspace is called.</param>
/// <param name="ExpiresAt">When it ends.</param>
public sealed record PageSession(Guid SessionId, Caller Caller, string WorkspaceName, DateTimeOffset ExpiresAt);
